namespace Tally.Testing;

/// <summary>The tree that the tests were built from.</summary>
public static class Tree
{
    /// <summary>The folder of <c>Tally.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tally.slnx")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Tally.slnx.");
    }
}
