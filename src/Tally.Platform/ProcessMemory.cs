using System.Runtime;
using System.Runtime.InteropServices;

namespace Tally.Platform;

/// <summary>The memory that this process holds.</summary>
public static partial class ProcessMemory
{
    private static bool s_trims = OperatingSystem.IsLinux();

    /// <summary>
    /// Gives the system back what is not in use: collects all garbage, closes the gaps, and lets go of what is free, of the managed heap and of the C library's. Everything stands still meanwhile: 26 ms
    /// with some 50 MB in use (two busy processors, November 2026).
    /// </summary>
    public static void GiveBack()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (s_trims)
        {
            try
            {
                _ = MallocTrim(0); // whether there was anything to give back
            }
            catch (EntryPointNotFoundException)
            {
                s_trims = false; // glibc has it, musl has not
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MallocTrim(nuint keep);
}
