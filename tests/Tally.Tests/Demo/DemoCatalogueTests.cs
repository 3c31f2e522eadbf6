using System.Globalization;
using System.Text.Json.Nodes;
using Shouldly;
using Tally.Demo;
using Xunit;

namespace Tally.Tests.Demo;

public sealed class DemoCatalogueTests
{
    private static readonly string[] SeventeenTypes =
    [
        "Default", "Package", "SEO", "Custom Comments", "Custom Comments Package", "Mentions", "Mentions with Hashtags", "Mentions Custom List",
        "Mentions Hashtag", "Mentions User Followers", "Mentions Media Likers", "Comment Likes", "Comment Replies", "Poll", "Invites from Groups",
        "Web Traffic", "Subscriptions",
    ];

    // The "Example Response" of the seed page (shared/spec/seed-api-page.txt), letter for letter.
    private const string SeedServices = """
        [ { "service": 1, "name": "Facebook cảm xúc Like 👍 Việt 🇻🇳 | 🕓 lập tức | ⚡ 2K / giờ | ⏏️ 10K | 🛡️", "desc": "Like chất lượng cao: người việt, người thật - click bằng tay, tốc độ trung bình, tỉ lệ tụt thấp.", "type": "Default", "category": "⭐ FB Like + cảm xúc Việt 🇻🇳 | ổn định | S1", "platform": "Dịch vụ Facebook", "rate": "15000", "min": "200", "max": "10000", "refill": true, "cancel": false, "dripfeed": false }, { "service": 2, "name": "Facebook Tăng Bình Luận Việt 🇻🇳 + Tây hỗn hợp | 🕓 lập tức | ⚡ 2K / giờ | ⏏️ 100K | 🛡️", "desc": "", "type": "Custom Comments", "category": "FB Bình luận", "platform": "Dịch vụ Facebook", "rate": "57500", "min": "10", "max": "1500", "refill": false, "cancel": true, "dripfeed": true } ]
        """;

    private static readonly IReadOnlyList<DemoService> Catalogue = DemoCatalogue.Load();

    [Fact]
    public void Each_of_the_seventeen_types_is_sold_and_no_other() =>
        Catalogue.Select(service => service.Type).Distinct().ShouldBe(SeventeenTypes, ignoreOrder: true);

    [Fact]
    public void The_first_two_services_are_those_of_the_seed_page_letter_for_letter()
    {
        using var stream = typeof(DemoCatalogue).Assembly.GetManifestResourceStream("catalogue.json")!;
        var ours = JsonNode.Parse(stream)!.AsArray();
        var seed = JsonNode.Parse(SeedServices)!.AsArray();
        for (var i = 0; i < seed.Count; i++)
            ours[i]!.ToJsonString().ShouldBe(seed[i]!.ToJsonString());
    }

    [Fact]
    public void It_has_at_least_44_services_on_at_least_7_platforms_numbered_without_gaps()
    {
        Catalogue.Count.ShouldBeGreaterThanOrEqualTo(44);
        Catalogue.Select(service => service.Id).ShouldBe(Enumerable.Range(1, Catalogue.Count));
        Catalogue.Select(service => service.Platform).Distinct().Count().ShouldBeGreaterThanOrEqualTo(7);
        Catalogue.Select(service => service.Name).Distinct().Count().ShouldBe(Catalogue.Count);
    }

    [Fact]
    public void Every_rate_is_a_wire_amount_with_at_most_five_decimals()
    {
        foreach (var service in Catalogue)
        {
            service.Rate.ShouldMatch(@"^\d+(\.\d{1,5})?$");
            decimal.Parse(service.Rate, CultureInfo.InvariantCulture).ShouldBeGreaterThan(0);
        }

        Catalogue.Select(service => service.Rate).ShouldContain("0.5");
        Catalogue.Select(service => service.Rate).ShouldContain("0.8");
    }

    [Fact]
    public void Limits_are_ordered_and_windows_belong_to_services_with_refill()
    {
        foreach (var service in Catalogue)
        {
            service.Min.ShouldBeInRange(1, service.Max);
            service.Name.ShouldNotBeNullOrWhiteSpace();
            if (service.RefillDays > 0)
                service.Refill.ShouldBeTrue(service.Name);
        }
    }

    [Fact]
    public void Every_flag_is_on_somewhere_and_off_elsewhere()
    {
        foreach (var flag in new Func<DemoService, bool>[] { s => s.Refill, s => s.Cancel, s => s.DripFeed, s => s.Manual, s => s.RefillDays > 0 })
            Catalogue.Select(flag).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void Only_types_priced_per_thousand_offer_drip_feed()
    {
        string[] perOne = ["Package", "Custom Comments Package", "Subscriptions"];
        Catalogue.Where(service => perOne.Contains(service.Type)).ShouldAllBe(service => !service.DripFeed);
    }
}
