namespace Tally.Settings;

/// <summary>The operator's settings.</summary>
public static class SettingsModule
{
    public static IServiceCollection AddSettings(this IServiceCollection services) => services.AddSnapshot<SettingsSnapshot>();
}
