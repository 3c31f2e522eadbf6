using System.Globalization;
using System.Resources;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Tally.Settings;

namespace Tally.Mail;

/// <summary>A mail in words.</summary>
public sealed record WrittenMail(string Subject, string Text, string Html);

/// <summary>Puts a mail into words: in its recipient's language, as plain text and as simple HTML. The texts stand in Text.resx and Text.vi.resx beside this.</summary>
public sealed class WriteMail(SettingsSnapshot settings)
{
    private static readonly ResourceManager Texts = new("Tally.Mail.Text", typeof(WriteMail).Assembly);

    /// <summary>The kinds that ask for something which whoever does not know of it may leave. The others tell of what has happened.</summary>
    private static readonly HashSet<string> Asks = ["confirm", "taken", "reset", "change"];

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <param name="kind">As in <see cref="MailDraft"/>.</param>
    public WrittenMail Run(string kind, string language, Uri? link, IReadOnlyList<string> values)
    {
        var panel = settings.Current;
        var culture = CultureInfo.GetCultureInfo(language is "vi" or "en" ? language : panel.Language == "vi" ? "vi" : "en");
        object[] places = [panel.Name, .. values];
        string Say(string key) => string.Format(culture, Texts.GetString("mail." + key, culture) ?? throw new InvalidOperationException($"There is no text 'mail.{key}'."), places);

        var (subject, text) = (Say(kind + ".subject"), Say(kind + ".text"));
        var button = link is null ? null : Say(kind + ".button");

        // The address on a line of its own: programs make a link of it, and no word before it makes the log hide it.
        var ignore = Asks.Contains(kind) ? Say("ignore") : null;
        string?[] lines = [Say("greeting"), text, button is null ? null : button + "\n" + link, ignore, Say("footer")];
        return new WrittenMail(subject, string.Join("\n\n", lines.Where(l => l is not null)) + "\n", Html(culture, panel.BrandColor, subject, Say, text, button, link, ignore));
    }

    private static string Html(CultureInfo culture, string color, string subject, Func<string, string> say, string text, string? button, Uri? link, string? ignore)
    {
        var action = button is null
            ? ""
            : $"""
               <p style="margin:24px 0"><a href="{E(link!.AbsoluteUri)}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:{color};color:#ffffff;text-decoration:none;font-weight:600">{E(button)}</a></p>
               <p style="color:#667382;font-size:13px">{E(say("link"))}<br><a href="{E(link.AbsoluteUri)}" style="color:#667382;word-break:break-all">{E(link.AbsoluteUri)}</a></p>
               {(ignore is null ? "" : $"<p style=\"color:#667382;font-size:13px\">{E(ignore)}</p>")}
               """;
        return $"""
                <!DOCTYPE html>
                <html lang="{culture.Name}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{E(subject)}</title></head>
                <body style="margin:0;background:#f5f7fa;font-family:system-ui,-apple-system,'Segoe UI',sans-serif;color:#182433">
                <div style="max-width:520px;margin:0 auto;padding:32px 16px"><div style="background:#ffffff;border-radius:12px;padding:28px">
                <p style="margin-top:0">{E(say("greeting"))}</p>
                <p>{E(text)}</p>
                {action}
                </div><p style="color:#667382;font-size:12px;text-align:center">{E(say("footer"))}</p></div>
                </body></html>
                """;
    }

    private static string E(string text) => Encoder.Encode(text);
}
