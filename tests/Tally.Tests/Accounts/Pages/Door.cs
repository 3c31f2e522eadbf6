using System.Net;
using Shouldly;
using Tally.Accounts;
using Tally.Accounts.Identity;
using Tally.Tests.Ui;

namespace Tally.Tests.Accounts.Pages;

/// <summary>What people do at the door, through the pages.</summary>
internal static class Door
{
    public const string Password = "quiet river stone";

    /// <summary>A panel whose first customer has <see cref="Password"/>.</summary>
    public static async Task<TestPanel> PanelAsync(Tally.Testing.StoreKind kind, TimeProvider? time = null)
    {
        var panel = await TestPanel.StartAsync(kind, time);
        await panel.SetPasswordAsync(panel.Customer.Id, Password);
        return panel;
    }

    public static async Task SetPasswordAsync(this TestPanel panel, long account, string password)
    {
        await panel.WithAsync<SetPassword>(set => set.RunAsync(account, password, CancellationToken.None));
    }

    /// <summary>Uses what lives for one request.</summary>
    public static async Task WithAsync<T>(this TestPanel panel, Func<T, Task> work)
        where T : notnull
    {
        await using var scope = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.CreateAsyncScope(panel.Services);
        await work(Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<T>(scope.ServiceProvider));
    }

    /// <summary>The account as Identity sees it now.</summary>
    public static async Task<AccountIdentity> IdentityAsync(this TestPanel panel, string email)
    {
        AccountIdentity? found = null;
        await panel.WithAsync<Microsoft.AspNetCore.Identity.UserManager<AccountIdentity>>(async users => found = await users.FindByEmailAsync(email));
        return found.ShouldNotBeNull();
    }

    /// <summary>Fills in the sign-in page.</summary>
    public static async Task SignInAsync(this WebVisitor visitor, string email, string password, string path = "/sign-in")
    {
        await visitor.OpenAsync(path);
        await visitor.SendAsync("/sign-in", ("email", email), ("password", password));
    }

    /// <summary>Fills in the sign-up page.</summary>
    public static async Task SignUpAsync(this WebVisitor visitor, string email, string password, string language = "en")
    {
        await visitor.OpenAsync("/sign-up");
        await visitor.SendAsync("/sign-up", ("email", email), ("password", password), ("language", language));
    }

    /// <summary>Whether the visitor's pages are those of somebody who is signed in.</summary>
    public static async Task<bool> IsSignedInAsync(this WebVisitor visitor)
    {
        await visitor.GetAsync("/account");
        if (visitor.Status == HttpStatusCode.OK)
        {
            return true;
        }

        visitor.Location.ShouldNotBeNull().ShouldContain("/sign-in?back=");
        return false;
    }

    /// <summary>What the page says is wrong.</summary>
    public static string? Problem(this WebVisitor visitor) =>
        (visitor.Page.QuerySelector(".alert-danger") ?? visitor.Page.QuerySelector(".invalid-feedback"))?.TextContent.Trim();
}
