using Dapper;
using Tally.Billing.Gateways;
using Tally.Platform.Db;

namespace Tally.Billing;

/// <summary>Sets what a gateway needs, or takes it back; every node follows within a second.</summary>
public sealed class SetGateway(Database database, GatewayBook book, GatewaySecrets secrets, IEnumerable<IGateway> gateways)
{
    private readonly IGateway[] _gateways = [.. gateways];

    /// <param name="value">As it was typed; null takes the setting back.</param>
    /// <exception cref="InvalidInputException">There is no such gateway or setting, or the value does not fit it.</exception>
    public async Task<GatewaySetting> RunAsync(string gateway, string name, string? value, CancellationToken ct)
    {
        var setting = Setting(gateway, name);
        var read = value is null ? null : setting.Read(value);
        await secrets.OpenAsync(ct);
        var stored = read is null || !setting.Secret ? read : secrets.Encrypt(read);
        await database.WriteAsync(
            async tx =>
            {
                await Changes.BumpAsync(tx, GatewayBook.TopicName);
                await tx.Connection.ExecuteAsync(
                    stored is null
                        ? "DELETE FROM gateway_settings WHERE gateway = @gateway AND name = @name"
                        : """
                          INSERT INTO gateway_settings (gateway, name, value, encrypted) VALUES (@gateway, @name, @stored, @encrypted)
                          ON CONFLICT (gateway, name) DO UPDATE SET value = @stored, encrypted = @encrypted
                          """,
                    new { gateway, name, stored, encrypted = setting.Secret ? 1 : 0 }, tx.Transaction);
            },
            ct);
        await book.RefreshAsync(ct);
        return setting;
    }

    private GatewaySetting Setting(string gateway, string name)
    {
        var found = _gateways.FirstOrDefault(g => g.Name == gateway)
            ?? throw new InvalidInputException($"There is no gateway '{gateway}'. There are: {string.Join(", ", _gateways.Select(g => g.Name))}.");
        return found.Settings.FirstOrDefault(s => s.Name == name)
            ?? throw new InvalidInputException($"{gateway} has no setting '{name}'. There are: {string.Join(", ", found.Settings.Select(s => s.Name))}.");
    }
}
