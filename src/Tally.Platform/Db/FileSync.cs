using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tally.Platform.Db;

/// <summary>
/// Brings what was written to a file to the disk, and fails when the disk refuses. .NET's own ways (<c>RandomAccess.FlushToDisk</c>, <c>FileStream.Flush(true)</c>) say nothing on Linux when it does, as
/// <c>strace -e inject=fsync:error=EIO</c> shows with .NET 10.0.12.
/// </summary>
internal static partial class FileSync
{
    private const int Interrupted = 4; // EINTR

    /// <summary>Ends when the file's content, and its length, are on the disk.</summary>
    /// <exception cref="IOException">The disk refused. It may have dropped what it could not write: doing it again proves nothing.</exception>
    public static void ToDisk(SafeFileHandle file)
    {
        while (!Synced(file))
        {
            var error = Marshal.GetLastPInvokeError();
            if (OperatingSystem.IsWindows() || error != Interrupted)
            {
                throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)} (bringing a file to the disk, error {error})");
            }
        }
    }

    // What SQLite itself calls on each of them.
    private static bool Synced(SafeFileHandle file) =>
        OperatingSystem.IsWindows() ? FlushFileBuffers(file) : (OperatingSystem.IsLinux() ? DataSync(file) : Sync(file)) == 0;

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(SafeFileHandle file);

    [LibraryImport("kernel32", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle file);
}
