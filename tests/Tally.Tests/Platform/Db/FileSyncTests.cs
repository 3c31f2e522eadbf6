using Shouldly;
using Tally.Platform.Db;
using Xunit;

namespace Tally.Tests.Platform.Db;

public sealed class FileSyncTests
{
    [Fact]
    public void A_file_is_brought_to_the_disk()
    {
        var path = Path.GetTempFileName();
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.Write(file, [1, 2, 3], 0);
            Should.NotThrow(() => FileSync.ToDisk(file));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>What cannot be synced stands for a disk that refuses: .NET's own call says nothing of either.</summary>
    [Fact]
    public void A_refusal_is_told()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only on Linux is there a device that refuses.");
        using var device = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write);
        Should.Throw<IOException>(() => FileSync.ToDisk(device)).Message.ShouldContain("error 22");
    }
}
