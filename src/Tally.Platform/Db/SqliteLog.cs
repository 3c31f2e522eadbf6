using Microsoft.Win32.SafeHandles;

namespace Tally.Platform.Db;

/// <summary>
/// Brings SQLite's log (the <c>-wal</c> file) to the disk, beside the writer instead of in its way: what commits while the disk is busy shares the next sync. SQLite reads the log up to
/// the first frame that is not whole, so a sync that begins after a commit makes it durable with all that were before it.
/// </summary>
/// <remarks>
/// A sync that fails is final: the operating system may have dropped what it could not write and say nothing the next time, so from then on every wait fails and the store must be opened anew, which
/// recovers what reached the disk.
/// </remarks>
internal sealed class SqliteLog : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly Action<SafeFileHandle> _sync;
    private readonly Action _refused;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _asked = new(false);
    private readonly Thread _thread;
    private TaskCompletionSource? _next;
    private StoreBrokenException? _failed;
    private bool _closed;

    /// <param name="path">The log of a store that is open: while it is, the log is neither deleted nor replaced.</param>
    /// <param name="sync">Brings a file to the disk.</param>
    /// <param name="refused">Told once, when the disk has refused.</param>
    public SqliteLog(string path, Action<SafeFileHandle> sync, Action refused)
    {
        _refused = refused;
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        _sync = sync;
        _thread = new Thread(Run) { IsBackground = true, Name = "Tally log sync" };
        _thread.Start();
    }

    /// <summary>Ends when everything that is committed by now is on the disk.</summary>
    /// <exception cref="StoreBrokenException">The disk refused, now or earlier.</exception>
    public Task SyncAsync()
    {
        lock (_gate)
        {
            if (_failed is not null)
            {
                return Task.FromException(_failed);
            }

            ObjectDisposedException.ThrowIf(_closed, this);
            _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _asked.Set();
            return _next.Task;
        }
    }

    /// <summary>Fails when the disk has refused: nothing more may be written behind a gap.</summary>
    /// <exception cref="StoreUnavailableException">It has.</exception>
    public void DemandSound()
    {
        if (Volatile.Read(ref _failed) is { } failed)
        {
            throw new StoreUnavailableException(failed.Message, failed);
        }
    }

    /// <summary>Waits for the sync under way and for what is asked for.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            _asked.Set();
        }

        _thread.Join();
        _asked.Dispose();
        _file.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _asked.WaitOne();
            TaskCompletionSource? asked;
            bool closed;
            lock (_gate)
            {
                (asked, _next, closed) = (_next, null, _closed);
            }

            if (asked is not null)
            {
                Sync(asked);
            }

            if (closed)
            {
                return;
            }
        }
    }

    private void Sync(TaskCompletionSource asked)
    {
        try
        {
            if (_failed is not null)
            {
                asked.SetException(_failed);
                return;
            }

            _sync(_file);
            asked.SetResult();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var failed = new StoreBrokenException($"The store's log could not be brought to the disk; whether the commit holds is unknown. Nothing more is written until the node is started again: {e.Message}", e);
            Volatile.Write(ref _failed, failed);
            asked.SetException(failed);
            _refused();
        }
    }
}
