namespace Tally.Accounts.Sessions;

/// <summary>A browser that is signed in.</summary>
/// <param name="Address">From where it was last seen.</param>
/// <param name="Agent">How the browser names itself, at most 300 characters; a stranger's text.</param>
public sealed record Session(long Id, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, string Address, string Agent)
{
    /// <summary>The claim of the sign-in cookie that holds the session's number.</summary>
    public const string Claim = "tally:session";

    /// <summary>How long a sign-in holds without being used: the cookie's lifetime.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromDays(14);
}
