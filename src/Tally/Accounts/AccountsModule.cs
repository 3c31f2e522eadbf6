using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tally.Accounts.Identity;
using Tally.Accounts.Sessions;

namespace Tally.Accounts;

/// <summary>Customers' accounts, their keys, and from where they may be used.</summary>
public static class AccountsModule
{
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddSnapshot<ApiKeys>();
        services.TryAddSingleton<AccountBook>();
        services.AddSingleton<IssueKey>();
        services.AddSingleton<SaveAddresses>();
        services.AddSingleton<Notices>();
        services.AddSnapshot<Profiles>();
        services.AddSnapshot<RevokedSessions>();
        services.AddSingleton<SessionBook>();
        services.AddSingleton<ChangePreferences>();
        services.AddIdentity();
        return services;
    }

    /// <summary>Writes the keys' last uses now and then.</summary>
    public static IServiceCollection AddKeyUses(this IServiceCollection services) => services.AddHostedService<KeyUses>();

    /// <summary>What only pages need: signing in, and what their forms do.</summary>
    public static IServiceCollection AddSigningIn(this IServiceCollection services)
    {
        services.AddScoped<IUserClaimsPrincipalFactory<AccountIdentity>, AccountClaims>();
        new IdentityBuilder(typeof(AccountIdentity), services).AddSignInManager<PanelSignIn>();
        services.AddScoped<PanelSignIn>(p => (PanelSignIn)p.GetRequiredService<SignInManager<AccountIdentity>>());
        services.AddSingleton<SignInLimits>();
        services.AddSingleton<DummyPassword>();
        services.AddSingleton<SessionUses>();
        services.AddHostedService(p => p.GetRequiredService<SessionUses>());
        services.AddScoped<SignIn>();
        services.AddScoped<SignUp>();
        services.AddScoped<SendConfirmation>();
        services.AddScoped<RequestPasswordReset>();
        services.AddScoped<ResetPassword>();
        services.AddScoped<ProvePassword>();
        services.AddScoped<ChangePassword>();
        services.AddScoped<RequestEmailChange>();
        services.AddScoped<EnterSecondFactor>();
        services.AddScoped<TwoFactor>();
        services.AddScoped<Passkeys>();
        services.AddScoped<ReadSecurity>();
        return services;
    }

    private static void AddIdentity(this IServiceCollection services)
    {
        services.AddScoped<ILookupNormalizer, LowerCase>();
        services.Configure<PasswordHasherOptions>(o => o.IterationCount = Passwords.Rounds);
        services.AddSingleton<IPasswordHasher<AccountIdentity>, PasswordHasher<AccountIdentity>>();
        services.AddIdentityCore<AccountIdentity>(o =>
            {
                o.User.RequireUniqueEmail = true;
                o.User.AllowedUserNameCharacters = ""; // the name is the address, which has rules of its own
                o.Lockout.MaxFailedAccessAttempts = SignInLimits.FailuresPerAccount;
                o.Lockout.DefaultLockoutTimeSpan = SignInLimits.LockedFor;
                o.Tokens.PasswordResetTokenProvider = ResetTokens.ProviderName;
            })
            .AddUserStore<AccountStore>()
            .AddTokenProvider<DataProtectorTokenProvider<AccountIdentity>>(TokenOptions.DefaultProvider)
            .AddTokenProvider<ResetTokens>(ResetTokens.ProviderName)
            .AddTokenProvider<AuthenticatorTokenProvider<AccountIdentity>>(TokenOptions.DefaultAuthenticatorProvider);
        services.Configure<DataProtectionTokenProviderOptions>(o => o.TokenLifespan = AccountMails.ConfirmWithin);

        // Ours are in Passwords: nothing about kinds of characters.
        services.RemoveAll<IPasswordValidator<AccountIdentity>>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<AccountMails>();
        services.AddScoped<SetPassword>();
        services.AddScoped<ConfirmEmail>();
    }
}
