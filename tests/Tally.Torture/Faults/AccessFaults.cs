using System.Text.Json;
using Tally.Accounts;

namespace Tally.Torture;

/// <summary>Some customers get new keys, and their old ones are revoked: every node must refuse those within a second. They are tried on every node for longer than that.</summary>
internal sealed class RotateKeys() : TortureFault("keys rotated and revoked", Grip.Access)
{
    private const int Customers = 3, TryForMs = 1_800, BetweenMs = 100;

    public override async Task<long> StrikeAsync(Scene scene, Random dice)
    {
        for (var n = 0; n < Customers; n++)
        {
            var customer = scene.Panel.All[dice.Next(scene.Panel.All.Count)];
            var old = customer.Key;
            var issued = await scene.Panel.UseAsync(scope => scope.Get<AccountBook>().IssueKeyAsync(customer.Id, "rotated", KeyScope.Order, CancellationToken.None));
            await Access.OpenAsync(scene, issued.Key);
            customer.Key = issued;
            await scene.Panel.UseAsync(scope => scope.Get<AccountBook>().RevokeKeyAsync(old.Id, CancellationToken.None));
            var at = Clock.NowMs;
            scene.Journal.Add(new RevokedKey(old.Id, at));
            while (Clock.NowMs - at < TryForMs)
            {
                await Task.WhenAll(scene.Panel.Webs.Select(node => scene.Caller.AddAsync(node, old, scene.Crowd.NewWish(customer, scene.Panel.Services[0], dice, probe: true))));
                await Task.Delay(BetweenMs);
            }
        }

        return Clock.NowMs;
    }
}

/// <summary>Some customers' address lists shut out where they call from, and let them in again: every node must follow within a second.</summary>
internal sealed class ChangeAddresses() : TortureFault("address lists changed", Grip.Access)
{
    private const int Customers = 3, ShutForMs = 1_800, BetweenMs = 100;

    public override async Task<long> StrikeAsync(Scene scene, Random dice)
    {
        var customers = scene.Panel.All.ToArray();
        dice.Shuffle(customers);
        foreach (var customer in customers[..Customers])
        {
            await SetAsync(scene, customer, "192.0.2.0/24");
            var from = Clock.NowMs;
            while (Clock.NowMs - from < ShutForMs)
            {
                await Task.WhenAll(scene.Panel.Webs.Select(node => scene.Caller.AddAsync(node, customer.Key, scene.Crowd.NewWish(customer, scene.Panel.Services[0], dice, probe: true))));
                await Task.Delay(BetweenMs);
            }

            scene.Journal.Add(new ClosedTime(customer.Id, from, Clock.NowMs));
            await SetAsync(scene, customer, dice.Next(2) == 0 ? "127.0.0.0/8, 192.0.2.0/24" : "");
            await Access.OpenAsync(scene, customer.Key.Key);
        }

        return Clock.NowMs;
    }

    private static Task SetAsync(Scene scene, Customer customer, string list) => scene.Panel.UseAsync(scope =>
        scope.Get<AccountBook>().SetAddressesAsync(customer.Id, ((AddressListOutcome.Parsed)AddressList.Parse(list)).List, CancellationToken.None));
}

/// <summary>Who may use the panel.</summary>
internal static class Access
{
    private const int BoundMs = 10_000, LookMs = 20;

    /// <summary>Waits until every web node takes a key.</summary>
    public static async Task OpenAsync(Scene scene, string key)
    {
        var began = Clock.NowMs;
        foreach (var node in scene.Panel.Webs)
        {
            while (await scene.Caller.CallAsync(node, key, "balance") is not { ValueKind: JsonValueKind.Object } answer || !answer.TryGetProperty("balance", out _))
            {
                if (Clock.NowMs - began > BoundMs)
                {
                    throw new TimeoutException($"{node.Name} does not take a key that it should, after {BoundMs} ms.");
                }

                await Task.Delay(LookMs);
            }
        }
    }
}
