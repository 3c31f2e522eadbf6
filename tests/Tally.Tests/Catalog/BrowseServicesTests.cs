using Shouldly;
using Tally.Catalog;
using Tally.Testing;
using Tally.Tests.Orders;
using Xunit;

namespace Tally.Tests.Catalog;

public sealed class BrowseServicesTests
{
    [Theory]
    [InlineData("Bình luận Việt 🇻🇳", "binh luan viet")]
    [InlineData("ĐĂNG KÝ kênh", "dang ky kenh")]
    [InlineData("  Like|👍|2K/giờ  ", "like 2k gio")]
    [InlineData("ﬁ №5 Ｆｕｌｌ", "fi no5 full")]
    [InlineData("", "")]
    public void Marks_case_and_signs_do_not_count(string text, string folded) => SearchText.Fold(text).ShouldBe(folded);

    [Theory, BothStores]
    public async Task Services_are_found_by_id_name_category_and_platform_without_marks(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var like = await panel.AddServiceAsync(with: s => s with { Name = "Tăng lượt thích 1", Category = "Cảm xúc Việt", Platform = "Facebook" });
        var comment = await panel.AddServiceAsync(with: s => s with { Name = "Bình luận", Category = "Bình luận Đẹp", Platform = "TikTok" });
        var off = await panel.AddServiceAsync(with: s => s with { Name = "Bình luận tắt", Enabled = false });
        var browse = panel.Get<BrowseServices>();
        IEnumerable<long> Found(string search) => browse.Run(new ServicesWanted(Search: search), null, 50).Services.Select(s => s.Id);
        Found("binh luan").ShouldBe([comment.Id]);
        Found("BÌNH dep").ShouldBe([comment.Id]);
        Found("cam xuc facebook").ShouldBe([like.Id]);
        Found("tiktok").ShouldBe([comment.Id]);
        Found("thich xyz").ShouldBeEmpty();
        Found(like.Id.Text()).First().ShouldBe(like.Id);
        Found(off.Id.Text()).ShouldNotContain(off.Id);
        browse.Platforms.Select(p => (p.Name, p.Services)).ShouldBe([("Facebook", 1), ("TikTok", 1)]);
        await panel.SaveAsync(like with { Name = "Đổi tên" });
        Found("doi ten").ShouldBe([like.Id], "the shelf follows the catalogue");
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_gap_and_end()
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        for (var i = 0; i < 7; i++)
        {
            await panel.AddServiceAsync(with: s => s with { Category = i % 2 == 0 ? "A" : "B" });
        }

        var browse = panel.Get<BrowseServices>();
        var seen = new List<Service>();
        long? behind = null;
        do
        {
            var page = browse.Run(new ServicesWanted(), behind, 3);
            page.Found.ShouldBe(7);
            seen.AddRange(page.Services);
            behind = page.Next;
        }
        while (behind is not null);
        seen.Select(s => s.Id).Distinct().Count().ShouldBe(7);
        seen.Select(s => s.Category).ShouldBe(["A", "A", "A", "A", "B", "B", "B"]);
        browse.Run(new ServicesWanted(), 12_345, 3).Services.Count.ShouldBe(3, "a page behind a service that is gone begins at the start");
    }
}
