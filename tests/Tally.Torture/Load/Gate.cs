namespace Tally.Torture;

/// <summary>Lets the customers in, or holds them outside until nobody is inside any more.</summary>
internal sealed class Gate
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private TaskCompletionSource _open = Opened();
    private int _inside;

    public bool IsShut => !Volatile.Read(ref _open).Task.IsCompleted;

    public async Task EnterAsync(CancellationToken ct)
    {
        while (true)
        {
            await Volatile.Read(ref _open).Task.WaitAsync(ct);
            Interlocked.Increment(ref _inside);
            if (!IsShut)
            {
                return;
            }

            Interlocked.Decrement(ref _inside);
        }
    }

    public void Leave() => Interlocked.Decrement(ref _inside);

    public async Task ShutAsync()
    {
        Volatile.Write(ref _open, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        while (Volatile.Read(ref _inside) > 0)
        {
            await Task.Delay(Look);
        }
    }

    public void Open() => Volatile.Read(ref _open).TrySetResult();

    private static TaskCompletionSource Opened()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
