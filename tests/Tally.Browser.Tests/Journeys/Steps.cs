using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using Shouldly;
using Tally.Catalog;
using Tally.Tests;
using static Microsoft.Playwright.Assertions;

namespace Tally.Browser.Tests.Journeys;

/// <summary>What customers do on the panel, a step each. Each step ends when the browser shows that it was done.</summary>
internal static class Steps
{
    public const string Password = "mật khẩu dài của tôi";

    /// <summary>Signs up with an e-mail address, follows the mail's link, and signs in.</summary>
    public static async Task SignUpAsync(this BrowserVisitor visitor, string email)
    {
        var page = visitor.Page;
        await visitor.OpenAsync("/sign-up");
        await page.Locator("#f-email").FillAsync(email);
        await page.Locator("#f-password").FillAsync(Password);
        await page.Locator("form[action='/sign-up'] button").ClickAsync();
        await page.WaitForURLAsync("**/sign-up/sent");
        await visitor.OpenAsync(await LinkInMailAsync(visitor, email));
        await page.Locator("form[action='/confirm-email'] button").ClickAsync();
        await page.WaitForURLAsync("**/sign-in");
        await Expect(page.Locator(".alert-success")).ToBeVisibleAsync();
    }

    /// <summary>Fills in the sign-in form and sends it.</summary>
    public static async Task EnterPasswordAsync(this BrowserVisitor visitor, string email)
    {
        await visitor.OpenAsync("/sign-in");
        await visitor.Page.Locator("#f-email").FillAsync(email);
        await visitor.Page.Locator("#f-password").FillAsync(Password);
        await visitor.Page.Locator("#sign-in button").ClickAsync();
    }

    public static async Task SignInAsync(this BrowserVisitor visitor, string email)
    {
        await visitor.EnterPasswordAsync(email);
        await visitor.Page.WaitForURLAsync("**/dashboard");
        await Expect(visitor.Page.Locator("h1")).ToBeVisibleAsync();
    }

    public static async Task SignOutAsync(this BrowserVisitor visitor)
    {
        await visitor.Page.Locator("details.menu:has(form[action='/sign-out']) > summary").ClickAsync();
        await visitor.Page.Locator("form[action='/sign-out'] button").ClickAsync();
        await visitor.Page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");
    }

    /// <summary>Asks to add funds by bank transfer and leaves the page that waits for it open.</summary>
    /// <returns>The words that the transfer must carry.</returns>
    public static async Task<string> AskToTransferAsync(this BrowserVisitor visitor, long dong)
    {
        var page = visitor.Page;
        await visitor.OpenAsync("/funds");
        await page.Locator("#f-amount").FillAsync(dong.ToString(CultureInfo.InvariantCulture));
        await page.Locator("input[name=way][value=bank]").CheckAsync();
        await page.Locator("form[action='/funds'] button.funds-go").ClickAsync();
        await page.WaitForURLAsync("**/funds/bank?**");
        await Expect(page.Locator(".qr-plate svg")).ToBeVisibleAsync();
        return (await page.Locator("[data-field=memo]").TextContentAsync())!;
    }

    /// <summary>Orders the smallest quantity of a service.</summary>
    /// <param name="link">Another link than the type's usual one.</param>
    /// <returns>The order's id.</returns>
    public static async Task<long> OrderAsync(this BrowserVisitor visitor, Service service, string? link = null)
    {
        await visitor.OpenAsync($"/orders/new?service={service.Id}");
        await visitor.FillOrderAsync(service, link);
        await visitor.Page.Locator("#order-form button.btn-primary").ClickAsync();
        return await visitor.PlacedAsync();
    }

    /// <summary>Fills in the order form that is open.</summary>
    public static async Task FillOrderAsync(this BrowserVisitor visitor, Service service, string? link = null)
    {
        foreach (var (name, value) in OrderFields.Of(service))
        {
            var field = visitor.Page.Locator($"#order-form [name='{name}']");
            if (await field.EvaluateAsync<string>("field => field.tagName") == "SELECT")
            {
                await field.SelectOptionAsync(value);
            }
            else
            {
                await field.FillAsync(name == "link" ? link ?? value : value);
            }
        }
    }

    /// <summary>The order that was placed just now, as the page says.</summary>
    public static async Task<long> PlacedAsync(this BrowserVisitor visitor)
    {
        await visitor.Page.WaitForURLAsync("**/orders/*?placed");
        var id = long.Parse(new Uri(visitor.Page.Url).Segments[^1], CultureInfo.InvariantCulture);
        await Expect(visitor.Page.Locator($"[data-order='{id}'] [data-live=status]")).ToBeVisibleAsync();
        return id;
    }

    /// <summary>Waits, without a reload, until the page that is open shows the order in this status.</summary>
    public static Task SeesAsync(this BrowserVisitor visitor, long order, string status, float atMostMs = 30_000) =>
        Expect(visitor.Page.Locator($"[data-order='{order}'] [data-live=status]").First).ToHaveAttributeAsync("data-status", status, new LocatorAssertionsToHaveAttributeOptions { Timeout = atMostMs });

    /// <summary>Loads a page that does not move by itself again and again, until something is on it.</summary>
    public static Task ReloadUntilAsync(this BrowserVisitor visitor, ILocator there) => Tally.Tests.TestPanel.WaitAsync(
        async () =>
        {
            await visitor.Page.ReloadAsync();
            return await there.CountAsync() > 0;
        },
        $"{there} on {visitor.Page.Url}");

    /// <summary>Makes an API key.</summary>
    /// <returns>The curl command that the page shows with it.</returns>
    public static async Task<string> MakeKeyAsync(this BrowserVisitor visitor, string name)
    {
        await visitor.OpenAsync("/api/keys");
        await visitor.Page.Locator("#f-name").FillAsync(name);
        await visitor.ProveAsync("key");
        await visitor.Page.Locator("#new-key-form button.btn-primary").ClickAsync();
        await Expect(visitor.Page.Locator("#new-key")).ToBeVisibleAsync();
        return (await visitor.Page.Locator("#new-key-curl").TextContentAsync())!;
    }

    /// <summary>Saves the list of addresses that keys may be used from.</summary>
    public static async Task SaveAddressesAsync(this BrowserVisitor visitor, string list)
    {
        await visitor.OpenAsync("/api/addresses");
        await visitor.Page.Locator("#f-addresses").FillAsync(list);
        await visitor.ProveAsync("addresses");
        await visitor.Page.Locator("#addresses-form button.btn-primary").ClickAsync();
    }

    /// <summary>Types the password once more into a form that asks for it; the customer of a panel that was just made has none.</summary>
    public static async Task ProveAsync(this BrowserVisitor visitor, string form)
    {
        var field = visitor.Page.Locator($"#f-{form}-current");
        if (await field.CountAsync() > 0)
        {
            await field.FillAsync(Password);
        }
    }

    /// <summary>Runs a curl command as a customer would, with the curl of this machine.</summary>
    public static async Task<JsonElement> CurlAsync(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        words[0].ShouldBe("curl");
        // All three redirected: curl has nothing to do with the terminal that the tests run in.
        using var curl = Process.Start(new ProcessStartInfo("curl", ["--silent", "--show-error", "--max-time", "30", .. words[1..]])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        curl.StandardInput.Close();
        var (output, errors) = (curl.StandardOutput.ReadToEndAsync(), curl.StandardError.ReadToEndAsync());
        await curl.WaitForExitAsync();
        curl.ExitCode.ShouldBe(0, $"{command}: {await errors}");
        using var answer = JsonDocument.Parse(await output);
        return answer.RootElement.Clone();
    }

    private static async Task<string> LinkInMailAsync(BrowserVisitor visitor, string email)
    {
        var log = visitor.Panel.Get<MailLog>();
        await TestPanel.WaitAsync(() => Task.FromResult(log.LinkTo(email) is not null), $"a mail to {email} with a link");
        var link = log.LinkTo(email)!;
        link.Authority.ShouldBe(BrowserVisitor.Address(visitor.Panel).Authority);
        return link.PathAndQuery;
    }
}
