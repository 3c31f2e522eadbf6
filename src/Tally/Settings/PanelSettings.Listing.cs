using System.Globalization;
using System.Reflection;

namespace Tally.Settings;

/// <summary>Settings under the names by which they are set.</summary>
public sealed partial record PanelSettings
{
    /// <summary>A setting as <see cref="With"/> would take it. The property is named as the setting is: <c>brand_color</c> is <see cref="BrandColor"/>.</summary>
    /// <exception cref="InvalidOperationException">A name in <see cref="Names"/> has no property: a mistake in this record.</exception>
    public string Value(string name)
    {
        var property = string.Concat(name.Split('_').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
        var value = typeof(PanelSettings).GetProperty(property, BindingFlags.Public | BindingFlags.Instance) is { } found
            ? found.GetValue(this) : throw new InvalidOperationException($"The setting '{name}' has no property {property}.");
        return value switch
        {
            bool on when name == "maintenance" => on ? "true" : "false",
            bool on => on ? "on" : "off",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
    }
}
