using System.CommandLine;
using Tally.Accounts;
using Tally.Billing;
using Tally.Ledger;

namespace Tally.Commands;

/// <summary><c>user add</c>, <c>user credit</c>, <c>user suspend</c>, <c>user show</c>, <c>user password</c>, <c>user confirm</c>.</summary>
internal static class UserCommands
{
    private static readonly Argument<string> Email = new("email") { Description = "The account's e-mail address" };

    public static Command Build() => new("user", "Customers' accounts")
    {
        Add(), Credit(), Show(), Password(), Confirm(), Suspend("suspend", "Stop all keys of an account", true), Suspend("resume", "Let an account in again", false),
    };

    private static Command Add()
    {
        var balance = new Option<string?>("--balance") { Description = "What to put on its wallet, in the panel's currency" };
        return CommandScope.On("add", "Open an account; prints its API key, this once", [Email, balance], async (scope, parsed, ct) =>
        {
            var start = parsed.GetValue(balance) is { } text ? Amount(text) : Money.Zero;
            if (start < Money.Zero)
            {
                throw new InvalidInputException($"--balance: '{start}' is below 0.");
            }

            var account = await scope.Get<AccountBook>().OpenAsync(parsed.GetValue(Email)!, null, ct);
            if (start != Money.Zero)
            {
                await scope.Get<CreditAccount>().RunAsync(account.Id, start, "opening balance", "cli", ct);
            }

            scope.Say(new { account.Id, account.Email, key = account.Key.Key, balance = start }, [$"account {account.Id} {account.Email}", $"balance {start}", "key     " + account.Key.Key, "Keep the key: it is not shown again."]);
        });
    }

    private static Command Credit()
    {
        var amount = new Argument<string>("amount") { Description = "In the panel's currency; negative takes money off" };
        var reason = new Option<string>("--reason") { Description = "Why; it stays in the ledger and the audit log", Required = true };
        return CommandScope.On("credit", "Put money on an account's wallet, or take it off", [Email, amount, reason], async (scope, parsed, ct) =>
        {
            var account = await scope.Get<AccountBook>().FindAsync(parsed.GetValue(Email)!, ct);
            var done = await scope.Get<CreditAccount>().RunAsync(account.Id, Amount(parsed.GetValue(amount)!), parsed.GetValue(reason)!, "cli", ct);
            scope.Say(done, [$"payment {done.Payment}: the balance of {account.Email} is {done.Balance}"]);
        });
    }

    private static Command Show() => CommandScope.On("show", "What is known of an account", [Email], async (scope, parsed, ct) =>
    {
        var account = await scope.Get<AccountBook>().FindAsync(parsed.GetValue(Email)!, ct);
        var balance = await scope.Get<ReadBalance>().RunAsync(account.Id, ct);
        scope.Say(
            new { account, balance },
            [
                $"account   {account.Id} {account.Email}{(account.Suspended ? " (suspended)" : "")}",
                $"balance   {balance}",
                "addresses " + (account.Addresses.Length == 0 ? "all" : account.Addresses.Replace('\n', ' ')),
            ]);
    });

    private static Command Password()
    {
        var typed = new Option<bool>("--stdin") { Description = "Read the password from standard input instead of making a random one" };
        return CommandScope.On("password", "Set an account's password; its sessions end", [Email, typed], async (scope, parsed, ct) =>
        {
            var account = await scope.Get<AccountBook>().FindAsync(parsed.GetValue(Email)!, ct);
            var given = parsed.GetValue(typed) ? (await Console.In.ReadLineAsync(ct))?.Trim() ?? "" : null;
            var password = given ?? Passwords.Random();
            await scope.Get<SetPassword>().RunAsync(account.Id, password, ct);
            scope.Say(
                new { account.Id, account.Email, password = given is null ? password : null },
                given is null ? [$"password {password}", "Keep it: it is not shown again."] : [$"the password of {account.Email} is set"]);
        });
    }

    private static Command Confirm() => CommandScope.On("confirm", "Take an account's e-mail address as confirmed", [Email], async (scope, parsed, ct) =>
    {
        var account = await scope.Get<AccountBook>().FindAsync(parsed.GetValue(Email)!, ct);
        await scope.Get<ConfirmEmail>().ByOperatorAsync(account.Id, ct);
        scope.Say(new { account.Id, account.Email, confirmed = true }, [$"{account.Email} is confirmed"]);
    });

    private static Command Suspend(string name, string description, bool suspended) => CommandScope.On(name, description, [Email], async (scope, parsed, ct) =>
    {
        var account = await scope.Get<AccountBook>().FindAsync(parsed.GetValue(Email)!, ct);
        await scope.Get<AccountBook>().SetSuspendedAsync(account.Id, suspended, ct);
        scope.Say(new { account.Id, suspended }, [$"{account.Email} is {(suspended ? "suspended" : "active")}"]);
    });

    private static Money Amount(string text) => Money.TryParse(text, out var amount)
        ? amount : throw new InvalidInputException($"'{text}' is no amount: digits, a point, at most 5 decimals.");
}
