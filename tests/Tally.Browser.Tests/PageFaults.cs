using Microsoft.Playwright;

namespace Tally.Browser.Tests;

/// <summary>What goes wrong in a browser without anybody seeing it: scripts that throw, what the content security policy stops, requests that fail.</summary>
public sealed class PageFaults
{
    // Chromium says so of every answer from 400 on; those are judged by their response, which names the address.
    private const string FailedResource = "Failed to load resource";

    // What a page has under way when it is left.
    private const string Left = "net::ERR_ABORTED";

    private readonly List<string> _found = [];
    private readonly HashSet<int> _expected = [];
    private readonly HashSet<string> _failures = new(StringComparer.Ordinal) { Left };

    public PageFaults(IBrowserContext context)
    {
        context.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.StartsWith(FailedResource, StringComparison.Ordinal))
            {
                Add($"console: {message.Text} ({message.Location})");
            }
        };
        context.WebError += (_, error) => Add($"script: {error.Error}");
        context.RequestFailed += (_, request) =>
        {
            if (!_failures.Contains(request.Failure ?? ""))
            {
                Add($"request: {request.Method} {request.Url}: {request.Failure}");
            }
        };
        context.Response += (_, response) =>
        {
            if (IsFault(response))
            {
                Add($"answer: {response.Status} to {response.Request.Method} {response.Url}");
            }
        };
    }

    /// <summary>What was found, in the order in which it happened.</summary>
    public IReadOnlyList<string> Found
    {
        get
        {
            lock (_found)
            {
                return [.. _found];
            }
        }
    }

    /// <summary>The test opens pages that are answered with this status. For what pages load there is no such leave.</summary>
    public void Expect(int status) => _expected.Add(status);

    /// <summary>The test lets requests fail in this way, such as <c>net::ERR_CONNECTION_RESET</c>.</summary>
    public void ExpectFailure(string error) => _failures.Add(error);

    // 422 is a form that was refused, shown again: every test of a form looks at it itself.
    private bool IsFault(IResponse response) =>
        response.Status >= 400 && !(response.Request.ResourceType == "document" && (response.Status == 422 || _expected.Contains(response.Status)));

    private void Add(string fault)
    {
        lock (_found)
        {
            _found.Add(fault);
        }
    }
}
