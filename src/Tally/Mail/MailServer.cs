using Dapper;
using Tally.Platform.Db;

namespace Tally.Mail;

/// <summary>How the connection to the mail server is kept from listeners.</summary>
public enum MailSecurity
{
    /// <summary>As the port suggests, and whatever the server offers.</summary>
    Auto,

    /// <summary>Not at all: for a relay on this machine.</summary>
    None,

    /// <summary>STARTTLS, and nothing without it.</summary>
    StartTls,

    /// <summary>TLS from the first byte (port 465).</summary>
    Tls,
}

/// <summary>The server that mails are handed to.</summary>
/// <param name="User">Empty = nobody signs in there.</param>
/// <param name="EncryptedPassword">What DataProtection made of the password; empty = there is none.</param>
/// <param name="FromAddress">What mails are sent from.</param>
/// <param name="FromName">Empty = the panel's name.</param>
public sealed record MailServer(string Host, int Port, MailSecurity Security, string User, [property: System.Text.Json.Serialization.JsonIgnore] string EncryptedPassword, string FromAddress, string FromName);

/// <summary>The mail server as the store has it, in memory, a second old at most.</summary>
public sealed class MailServers(Database database) : ISnapshot, IDisposable
{
    /// <summary>The topic in <c>changes</c>.</summary>
    public const string TopicName = "mail";

    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private MailServer? _current;
    private long _seen = -1;

    public string Topic => TopicName;

    public long Seen => Volatile.Read(ref _seen);

    /// <summary>The server; null while there is none, and mails are written to the log.</summary>
    public MailServer? Current => Volatile.Read(ref _current);

    public async Task RefreshAsync(CancellationToken ct)
    {
        await _refreshing.WaitAsync(ct);
        try
        {
            await using var connection = await database.OpenReadAsync(ct);
            var version = await connection.ExecuteScalarAsync<long?>(new CommandDefinition("SELECT version FROM changes WHERE topic = @TopicName", new { TopicName }, cancellationToken: ct)) ?? 0;
            var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
                "SELECT host, port, security, user_name, password, from_address, from_name FROM mail_server", cancellationToken: ct));
            Volatile.Write(ref _current, row is null ? null : new MailServer(row.Host, row.Port, Enum.Parse<MailSecurity>(row.Security), row.UserName, row.Password, row.FromAddress, row.FromName));
            Volatile.Write(ref _seen, version);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public void Dispose() => _refreshing.Dispose();

    private sealed class Row
    {
        public string Host { get; set; } = "";

        public int Port { get; set; }

        public string Security { get; set; } = "";

        public string UserName { get; set; } = "";

        public string Password { get; set; } = "";

        public string FromAddress { get; set; } = "";

        public string FromName { get; set; } = "";
    }
}
