using System.Runtime.Versioning;

namespace Tally.Tests.Testing;

/// <summary>A folder that any user may read, with programs and files planted by a test; removed at its end.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tally-test-");

    public TemporaryFolder() => Open(_folder.FullName);

    public string Path => _folder.FullName;

    /// <summary>Plants a shell script as an executable.</summary>
    public void Program(string name, string script)
    {
        File(name, $"#!/bin/sh\n{script}\n");
        Open(System.IO.Path.Combine(Path, name));
    }

    public void File(string name, string text)
    {
        var file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        System.IO.File.WriteAllText(file, text);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    // PostgreSQL's programs are run by another user than the tests, where those run as root.
    private static void Open(string path) => System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
}
