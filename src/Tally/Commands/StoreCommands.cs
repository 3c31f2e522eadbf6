using System.CommandLine;
using System.Globalization;
using Tally.Billing;
using Tally.Orders;
using Tally.Platform.Db;
using Tally.Settings;

namespace Tally.Commands;

/// <summary><c>migrate</c>, <c>doctor</c>, <c>ledger verify</c>.</summary>
internal static class StoreCommands
{
    public static Command Migrate()
    {
        var (database, json) = (CommandScope.DatabaseOption(), CommandScope.JsonOption());
        var command = new Command("migrate", "Bring the store forward to this build") { database, json };
        command.SetAction(async (parsed, ct) =>
        {
            await using var scope = await CommandScope.OpenAsync(parsed.GetValue(database)!, parsed.GetValue(json), migrate: false, ct);
            var applied = (await scope.Get<Migrator>().MigrateAsync(ct)).Select(m => $"{m.Module}/{m.Name}").ToList();
            scope.Say(new { applied }, applied.Count == 0 ? ["The store is up to date."] : applied.Select(name => "applied " + name));
            return 0;
        });
        return command;
    }

    public static Command Doctor()
    {
        var (database, json) = (CommandScope.DatabaseOption(), CommandScope.JsonOption());
        var command = new Command("doctor", "Look whether the store answers, is up to date and holds together") { database, json };
        command.SetAction(async (parsed, ct) =>
        {
            await using var scope = await CommandScope.LookAsync(parsed.GetValue(database)!, parsed.GetValue(json), mayBePending: true, ct);
            var store = scope.Get<Database>();
            var migrator = scope.Get<Migrator>();
            var pending = (await migrator.StateAsync(ct)).Pending.Select(m => $"{m.Module}/{m.Name}").ToList();
            var faults = await migrator.CheckAsync(ct);
            var ok = pending.Count == 0 && faults.Count == 0;
            scope.Say(
                new { ok, store = store.Description, pending, faults },
                [
                    "store:      " + store.Description,
                    "migrations: " + (pending.Count == 0 ? "up to date" : "pending: " + string.Join(", ", pending) + " (run: tally migrate)"),
                    "checks:     " + (faults.Count == 0 ? "hold" : string.Join("; ", faults)),
                ]);
            return ok ? 0 : 1;
        });
        return command;
    }

    public static Command Ledger()
    {
        var (database, json) = (CommandScope.DatabaseOption(), CommandScope.JsonOption());
        var verify = new Command("verify", "Recompute every balance, charge, refund and payment, and name the first row that does not hold") { database, json };
        verify.SetAction(async (parsed, ct) =>
        {
            await using var scope = await CommandScope.LookAsync(parsed.GetValue(database)!, parsed.GetValue(json), mayBePending: false, ct);
            await VerifyAsync(scope, ct);
            return scope.ExitCode;
        });
        return new Command("ledger", "The money") { verify };
    }

    private static async Task VerifyAsync(CommandScope scope, CancellationToken ct)
    {
        var report = await scope.Get<VerifyOrders>().RunAsync(scope.Progress, ct);
        var payments = await scope.Get<VerifyPayments>().RunAsync(ct);
        var (holds, firstFault) = (report.Holds && payments.Holds, report.FirstFault ?? payments.FirstFault);
        await scope.Get<SettingsSnapshot>().RefreshAsync(ct);
        var currency = scope.Get<SettingsSnapshot>().Current.Currency;
        var house = report.Ledger.HouseBalances.ToDictionary(b => b.Key.ToString(), b => b.Value, StringComparer.Ordinal);
        scope.ExitCode = holds ? 0 : 1;
        scope.Say(
            new { holds, firstFault, report.Orders, payments.Payments, report.Ledger.Transfers, report.Ledger.Wallets, report.Ledger.WalletTotal, house, currency },
            [
                holds
                    ? string.Create(CultureInfo.InvariantCulture, $"The ledger holds: {report.Ledger.Transfers} transfers, {report.Ledger.Wallets} wallets, {report.Orders} orders, {payments.Payments} payments; every {currency} is accounted for.")
                    : "The ledger does NOT hold: " + firstFault,
                $"  wallets          {report.Ledger.WalletTotal} {currency}",
                .. house.Select(h => $"  {h.Key,-16} {h.Value} {currency}"),
            ]);
    }
}
