using Shouldly;
using Tally.Settings;
using Xunit;

namespace Tally.Tests.Settings;

public sealed class PanelSettingsTests
{
    [Theory]
    [InlineData("currency", "VND", nameof(PanelSettings.Currency), "VND")]
    [InlineData("maintenance", "true", nameof(PanelSettings.Maintenance), true)]
    [InlineData("maintenance", "False", nameof(PanelSettings.Maintenance), false)]
    [InlineData("requests_per_second", "1", nameof(PanelSettings.RequestsPerSecond), 1)]
    [InlineData("requests_per_second", "1000000", nameof(PanelSettings.RequestsPerSecond), 1_000_000)]
    [InlineData("request_burst", "7", nameof(PanelSettings.RequestBurst), 7)]
    [InlineData("wrong_keys_per_address", "3", nameof(PanelSettings.WrongKeysPerAddress), 3)]
    [InlineData("sync_interval_ms", "100", nameof(PanelSettings.SyncIntervalMs), 100)]
    [InlineData("balance_interval_s", "10", nameof(PanelSettings.BalanceIntervalS), 10)]
    [InlineData("balance_interval_s", "86400", nameof(PanelSettings.BalanceIntervalS), 86_400)]
    [InlineData("send_delay_ms", "0", nameof(PanelSettings.SendDelayMs), 0)]
    [InlineData("send_delay_ms", "3600000", nameof(PanelSettings.SendDelayMs), 3_600_000)]
    [InlineData("panel_id", "t0a1b2c3", nameof(PanelSettings.PanelId), "t0a1b2c3")]
    [InlineData("catalogue_interval_min", "0", nameof(PanelSettings.CatalogueIntervalMin), 0)]
    [InlineData("catalogue_interval_min", "5", nameof(PanelSettings.CatalogueIntervalMin), 5)]
    [InlineData("correction_days", "0", nameof(PanelSettings.CorrectionDays), 0)]
    [InlineData("correction_days", "30", nameof(PanelSettings.CorrectionDays), 30)]
    [InlineData("catalogue_interval_min", "10080", nameof(PanelSettings.CatalogueIntervalMin), 10_080)]
    [InlineData("price_jump_percent", "0", nameof(PanelSettings.PriceJumpPercent), 0)]
    [InlineData("price_jump_percent", "1000", nameof(PanelSettings.PriceJumpPercent), 1_000)]
    [InlineData("new_services", "on", nameof(PanelSettings.NewServices), true)]
    [InlineData("new_services", "off", nameof(PanelSettings.NewServices), false)]
    [InlineData("name", " Bảng Việt ", nameof(PanelSettings.Name), "Bảng Việt")]
    [InlineData("brand_color", "#00FF7f", nameof(PanelSettings.BrandColor), "#00FF7f")]
    [InlineData("language", "vi", nameof(PanelSettings.Language), "vi")]
    [InlineData("time_zone", "Asia/Ho_Chi_Minh", nameof(PanelSettings.TimeZone), "Asia/Ho_Chi_Minh")]
    [InlineData("telegram", "@panel_vn", nameof(PanelSettings.Telegram), "https://t.me/panel_vn")]
    [InlineData("telegram", "https://t.me/panel_vn", nameof(PanelSettings.Telegram), "https://t.me/panel_vn")]
    [InlineData("telegram", "", nameof(PanelSettings.Telegram), "")]
    [InlineData("zalo", "0900000000", nameof(PanelSettings.Zalo), "https://zalo.me/0900000000")]
    [InlineData("zalo", "https://oa.zalo.me/123", nameof(PanelSettings.Zalo), "https://oa.zalo.me/123")]
    [InlineData("facebook", "panel.vn", nameof(PanelSettings.Facebook), "https://www.facebook.com/panel.vn")]
    [InlineData("facebook", "https://m.me/panel.vn", nameof(PanelSettings.Facebook), "https://m.me/panel.vn")]
    [InlineData("email", "help@panel.example", nameof(PanelSettings.Email), "help@panel.example")]
    [InlineData("phone", "+84 (900) 000-000", nameof(PanelSettings.Phone), "+84 (900) 000-000")]
    [InlineData("headline_en", "Likes & more", nameof(PanelSettings.HeadlineEn), "Likes & more")]
    [InlineData("headline_vi", "Tăng tương tác", nameof(PanelSettings.HeadlineVi), "Tăng tương tác")]
    [InlineData("lead_en", "Cheap.", nameof(PanelSettings.LeadEn), "Cheap.")]
    [InlineData("lead_vi", "Giá tốt.", nameof(PanelSettings.LeadVi), "Giá tốt.")]
    public void Each_setting_takes_its_values(string name, string value, string property, object expected) =>
        typeof(PanelSettings).GetProperty(property)!.GetValue(new PanelSettings { Maintenance = true }.With(name, value)).ShouldBe(expected);

    [Fact]
    public void There_is_a_name_for_every_setting_and_each_changes_one_only()
    {
        var other = new Dictionary<string, string>
        {
            ["currency"] = "EUR",
            ["maintenance"] = "true",
            ["requests_per_second"] = "9",
            ["request_burst"] = "9",
            ["wrong_keys_per_address"] = "9",
            ["sync_interval_ms"] = "999",
            ["correction_days"] = "9",
            ["send_delay_ms"] = "9",
            ["balance_interval_s"] = "60",
            ["panel_id"] = "other",
            ["catalogue_interval_min"] = "5",
            ["price_jump_percent"] = "50",
            ["new_services"] = "on",
            ["name"] = "Other",
            ["brand_color"] = "#112233",
            ["language"] = "vi",
            ["time_zone"] = "Asia/Ho_Chi_Minh",
            ["address"] = "https://panel.example",
            ["confirm_email"] = "off",
            ["telegram"] = "@other",
            ["zalo"] = "0900000000",
            ["facebook"] = "other.page",
            ["email"] = "other@example.com",
            ["phone"] = "1900 0000",
            ["headline_en"] = "Other",
            ["headline_vi"] = "Khác",
            ["lead_en"] = "Other",
            ["lead_vi"] = "Khác",
        };
        var properties = typeof(PanelSettings).GetProperties().Where(p => !p.GetMethod!.IsStatic && p.CanWrite).ToList();
        PanelSettings.Names.Count.ShouldBe(properties.Count);
        var standard = new PanelSettings();
        foreach (var name in PanelSettings.Names)
        {
            var changed = standard.With(name, other[name]);
            properties.Count(p => !Equals(p.GetValue(changed), p.GetValue(standard))).ShouldBe(1, name);
            changed.With(name, changed.Value(name)).ShouldBe(changed, $"{name}: what is listed is what sets it");
        }
    }

    [Theory]
    [InlineData("currency", "vnd", "VN", "VNDX", "V1D", "", "ĐÔN")]
    [InlineData("maintenance", "yes", "1", "", "on")]
    [InlineData("requests_per_second", "0", "1000001", "-1", "1.5", "1e3", " 5", "", "ten", "99999999999")]
    [InlineData("request_burst", "0", "1000001")]
    [InlineData("wrong_keys_per_address", "0", "1000001")]
    [InlineData("sync_interval_ms", "99", "3600001")]
    [InlineData("balance_interval_s", "9", "86401")]
    [InlineData("correction_days", "-1", "31")]
    [InlineData("send_delay_ms", "-1", "3600001")]
    [InlineData("catalogue_interval_min", "1", "4", "10081", "-1", "")]
    [InlineData("price_jump_percent", "-1", "1001", "20%")]
    [InlineData("new_services", "true", "", "On")]
    [InlineData("address", "panel.example", "ftp://panel.example", "https://panel.example/path", "https://u@panel.example", "https://panel.example/?a=1", "//panel.example")]
    [InlineData("confirm_email", "true", "", "On")]
    [InlineData("telegram", "@a", "https://evil.example/t.me", "http://t.me/panel", "javascript:alert(1)", "https://t.me.evil.example/x", "https://user@t.me/x", "two words")]
    [InlineData("zalo", "123", "https://nozalo.me/1", "zalo")]
    [InlineData("facebook", "https://facebook.com.evil.example/x", "ab", "a/b")]
    [InlineData("email", "nobody", "a@b@c", "Name <a@b.example>")]
    [InlineData("phone", "12345", "call me", "1234567890123456789012345")]
    [InlineData("headline_en", "two\nlines", "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901")]
    [InlineData("brand_color", "red", "#fff", "#12345g", "123456#")]
    [InlineData("name", "", " ", "12345678901234567890123456789012345678901")]
    [InlineData("time_zone", "Mars/Olympus", "")]
    [InlineData("panel_id", "", " ", "with space", "a/b", "đ", "12345678901234567890123456789012345678901")]
    public void What_does_not_fit_is_refused_by_name(string name, params string[] values)
    {
        foreach (var value in values)
        {
            Should.Throw<InvalidInputException>(() => new PanelSettings().With(name, value), $"{name} = '{value}'").Message.ShouldStartWith(name + ": ");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Currency")]
    [InlineData("colour")]
    public void An_unknown_name_is_refused_with_those_there_are(string name) =>
        Should.Throw<InvalidInputException>(() => new PanelSettings().With(name, "x")).Message.ShouldContain(string.Join(", ", PanelSettings.Names));
}
