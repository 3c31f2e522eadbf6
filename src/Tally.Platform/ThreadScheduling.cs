using System.Runtime.InteropServices;

namespace Tally.Platform;

/// <summary>How the system lets the threads of a process take turns.</summary>
public enum Scheduling
{
    /// <summary>A thread that wakes waits until it is its turn: more is done when the processors are busy.</summary>
    Batch,

    /// <summary>As the system has it: a thread that wakes may interrupt another one.</summary>
    Normal,
}

/// <summary>Tells Linux how the threads of this process take turns. Elsewhere nothing happens.</summary>
public static partial class ThreadScheduling
{
    // <sched.h> of Linux, the same on all processors that .NET runs on.
    private const int Other = 0, Batch = 3;

    /// <summary>
    /// Schedules this thread as <c>SCHED_BATCH</c> (sched(7)), and with it those that it makes and that these make: so it must be called before the process has others that matter. Its share of the
    /// processors is as large as before. What somebody else has chosen for the process (<c>chrt</c>, systemd's <c>CPUSchedulingPolicy</c>) stays.
    /// </summary>
    /// <returns>Why the system does not let it; null when there is nothing to say.</returns>
    public static string? UseBatch()
    {
        if (!OperatingSystem.IsLinux() || PolicyOf(0) != Other)
        {
            return null;
        }

        // Not sched_setscheduler: the C library would still believe in the old policy, and .NET, which gives each new thread its priority together with a policy, would take it from there.
        var error = SetPolicy(Self(), Batch, 0);
        return error == 0 ? null : Marshal.GetPInvokeErrorMessage(error);
    }

    [LibraryImport("libc", EntryPoint = "sched_getscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int PolicyOf(int thread);

    [LibraryImport("libc", EntryPoint = "pthread_self")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Self();

    [LibraryImport("libc", EntryPoint = "pthread_setschedparam")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPolicy(nint thread, int policy, in int priority);
}
