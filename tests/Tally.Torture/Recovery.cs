namespace Tally.Torture;

/// <summary>How long it took until all was well again.</summary>
/// <param name="Serving">Until every web node was ready and had taken an order.</param>
/// <param name="Sending">Until an order taken then had reached its provider.</param>
internal sealed record Recovered(TimeSpan Serving, TimeSpan Sending)
{
    /// <summary>What took longer than it may.</summary>
    public IEnumerable<Violation> Against(string fault, TimeSpan serving, TimeSpan sending)
    {
        if (Serving > serving)
        {
            yield return new("recovery", $"{fault}: the panel served again after {Serving.TotalSeconds:0.0} s; it may take {serving.TotalSeconds:0} s");
        }

        if (Sending > sending)
        {
            yield return new("recovery", $"{fault}: the panel sent again after {Sending.TotalSeconds:0.0} s; it may take {sending.TotalSeconds:0} s");
        }
    }
}

/// <summary>Waits until the panel is well: as a customer sees it, who orders through each node, and until a provider has got an order.</summary>
internal static class Recovery
{
    /// <summary>When waiting for it has no sense any more.</summary>
    private static readonly TimeSpan GivenUp = TimeSpan.FromMinutes(3), Look = TimeSpan.FromMilliseconds(50), LookIntoStore = TimeSpan.FromMilliseconds(250);

    /// <exception cref="TimeoutException">It did not come to be.</exception>
    /// <exception cref="OperationCanceledException">It is not waited for any longer.</exception>
    public static async Task<Recovered> WaitAsync(Scene scene, long since, double patience, Random dice, CancellationToken ct)
    {
        var givenUp = GivenUp * patience;
        foreach (var node in scene.Panel.Webs)
        {
            await UntilAsync(since, givenUp, Look, $"{node.Name} takes orders", async () => await scene.Caller.IsReadyAsync(node) && await OrderAsync(scene, node, scene.Panel.Services[0], dice) is not null, ct);
        }

        foreach (var node in scene.Panel.Workers)
        {
            await UntilAsync(since, givenUp, Look, $"{node.Name} is ready", () => scene.Caller.IsReadyAsync(node), ct);
        }

        var serving = Clock.Since(since);
        foreach (var service in scene.Panel.Services.Where(s => s.Provider is not null))
        {
            long? order = null;
            await UntilAsync(since, givenUp, LookIntoStore, $"an order reaches {service.Provider!.Name}", async () =>
            {
                order ??= await OrderAsync(scene, scene.Panel.Webs[0], service, dice);
                return order is { } id && await scene.Panel.IsSentAsync(id);
            }, ct);
        }

        return new Recovered(serving, Clock.Since(since));
    }

    private static async Task<long?> OrderAsync(Scene scene, Node node, TorturedService service, Random dice)
    {
        var customer = scene.Panel.All[0];
        var attempt = await scene.Caller.AddAsync(node, customer.Key, scene.Crowd.NewWish(customer, service, dice, probe: true));
        return attempt.Kind == AnswerKind.Accepted ? attempt.Order : null;
    }

    private static async Task UntilAsync(long since, TimeSpan givenUp, TimeSpan look, string what, Func<Task<bool>> holds, CancellationToken ct)
    {
        while (!await holds())
        {
            if (Clock.Since(since) > givenUp)
            {
                throw new TimeoutException($"It did not come to pass in {givenUp.TotalSeconds:0} s: {what}");
            }

            await Task.Delay(look, ct);
        }
    }
}
