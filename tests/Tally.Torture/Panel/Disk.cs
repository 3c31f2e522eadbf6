using System.Globalization;
using Tally.Testing;

namespace Tally.Torture;

/// <summary>The disk that the store is on: a small file system in memory of its own where this process may mount one, which can be full; else a plain folder.</summary>
internal sealed class Disk : IAsyncDisposable
{
    private const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const int SpareKb = 16, MostSpareKb = 4096;

    private readonly DirectoryInfo _parent;
    private readonly string _size;

    private Disk(DirectoryInfo parent, string folder, string size, string? cannotFill) => (_parent, Folder, _size, CannotFill) = (parent, folder, size, cannotFill);

    public string Folder { get; }

    /// <summary>Why it cannot be full; null when it can.</summary>
    public string? CannotFill { get; }

    /// <summary>Makes it, large enough for a run of so many minutes.</summary>
    public static async Task<Disk> MakeAsync(StoreKind kind, double minutes)
    {
        var parent = Directory.CreateTempSubdirectory("tally-torture-");
        var folder = parent.CreateSubdirectory("disk").FullName;

        // PostgreSQL's own user must be let in.
        File.SetUnixFileMode(parent.FullName, Open);
        var size = string.Create(CultureInfo.InvariantCulture, $"{600 + (int)(60 * minutes)}m");
        var cannot = Environment.IsPrivilegedProcess ? await Shell.TryAsync("mount", "-t", "tmpfs", "-o", $"size={size},mode=0755", "tmpfs", folder) : "only root may mount a file system";
        if (kind == StoreKind.Postgres && await PostgresCluster.UserAsync() is { User: var user, Group: var group })
        {
            await Shell.RunAsync("chown", $"{user}:{group}", folder);
        }

        return new Disk(parent, folder, size, cannot);
    }

    /// <summary>From now on the disk is as large as what is on it: the next block that is asked for is refused.</summary>
    public async Task FillAsync()
    {
        // What is written meanwhile makes the wanted size too small, which the system refuses.
        for (var spareKb = SpareKb; ; spareKb *= 2)
        {
            var words = await Shell.TryAsync("mount", "-o", string.Create(CultureInfo.InvariantCulture, $"remount,size={(Used() / 1024) + spareKb}k"), Folder);
            if (words is null)
            {
                return;
            }

            if (spareKb > MostSpareKb)
            {
                throw new InvalidOperationException($"The disk could not be made small: {words}");
            }
        }
    }

    /// <summary>There is room again.</summary>
    public Task FreeAsync() => Shell.RunAsync("mount", "-o", $"remount,size={_size}", Folder);

    public async ValueTask DisposeAsync()
    {
        if (CannotFill is null)
        {
            await Shell.RunAsync("umount", "-l", Folder);
        }

        _parent.Delete(recursive: true);
    }

    private long Used()
    {
        var drive = new DriveInfo(Folder);
        return drive.TotalSize - drive.AvailableFreeSpace;
    }
}
