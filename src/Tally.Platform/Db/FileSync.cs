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
        if (!OperatingSystem.IsLinux())
        {
#pragma warning disable RS0030 // elsewhere there is no better one
            RandomAccess.FlushToDisk(file);
#pragma warning restore RS0030
            return;
        }

        while (DataSync(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)} (fdatasync, error {error})");
            }
        }
    }

    // What SQLite itself calls.
    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DataSync(SafeFileHandle file);
}
