using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Endpoints.Clients;
using Culvert.Engine.Control;
using Culvert.Host.Commands;
using Culvert.Host.Output;
using Culvert.Testing;
using Culvert.Tools.Views;

namespace Tools.Tests.Asking;

/// <summary>What a command that asks a running pipeline believes and prints.</summary>
public sealed class AskingTests : IDisposable
{
    private const string Title = "\u001b]0;PWNED\u0007";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("status")]
    [InlineData("top", "--count", "1", "--interval", "0.1")]
    [InlineData("reload")]
    public async Task Control_characters_of_an_answer_are_shown(params string[] words)
    {
        await using var server = Serve(_ => new JsonObject
        {
            ["file"] = Title,
            ["uptime-seconds"] = 1,
            ["lanes"] = 1,
            ["mtu"] = Title,
            ["stages"] = new JsonArray(),
            ["outcome"] = "reopened",
            ["reason"] = Title,
            ["lines"] = new JsonArray(Title),
        });
        var (_, output, error) = await CommandLine.Run([.. words, Place]);
        Assert.DoesNotContain('\u001b', output + error);
        Assert.Contains("\\u001b]0;PWNED\\u0007", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere/a.sock")]
    [InlineData("a.sock")]
    public async Task A_missing_socket_is_reported_as_such(string socket)
    {
        var place = _folder.File(socket);
        var (code, _, error) = await CommandLine.Run("status", place);
        Assert.Equal(1, code);
        Assert.Contains($"{place} (there is no such socket)", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("trace", "--file")]
    public async Task Control_characters_of_a_refusal_are_shown(params string[] words)
    {
        await using var server = Serve(_ => new JsonObject { ["error"] = Title });
        var (code, output, error) = await CommandLine.Run([.. words, Place]);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains(": \\u001b]0;PWNED\\u0007", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JSON_escapes_control_characters()
    {
        await using var server = Serve(_ => new JsonObject { ["file"] = Title + "\u009b" });
        var (_, output, _) = await CommandLine.Run("status", Place, "--format", "json");
        Assert.Contains("\\u001B]0;PWNED\\u0007\\u009B", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_feed_in_a_value_begins_no_line()
    {
        var traffic = new JsonObject { ["packets-in"] = 0, ["bytes-in"] = 0, ["dropped"] = 0, ["faulted"] = 0, ["discarded"] = 0, ["taken"] = 0, ["passed-by"] = 0 };
        var text = StatusText.Render(PipelineView.Read(new JsonObject
        {
            ["uptime-seconds"] = 1,
            ["lanes"] = 1,
            ["mtu"] = 1,
            ["stages"] = new JsonArray(new JsonObject
            {
                ["id"] = "a\nid",
                ["bypassed"] = false,
                ["outbound"] = traffic,
                ["inbound"] = traffic.DeepClone(),
                ["counters"] = new JsonArray(),
                ["details"] = new JsonObject { ["last-failure"] = "none\n  state: up", ["key\n"] = new JsonArray("\r\n") },
            }),
        }));
        Assert.Contains("  last-failure: none\\u000a  state: up", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n  state: up", text, StringComparison.Ordinal);
        Assert.Contains("  key\\u000a: \\u000d\\u000a", text, StringComparison.Ordinal);
        Assert.Contains("a\\u000aid", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipeline_that_does_not_answer_is_not_waited_for()
    {
        var gate = new TaskCompletionSource();
        await using var server = ControlServer.TryStart([Place], _ => gate.Task, Counters(), new MemoryLogger());
        var error = await Assert.ThrowsAsync<IOException>(
            () => RunningPipeline.AskAsync([Place], "status", TimeSpan.FromMilliseconds(50), CancellationToken.None));
        Assert.StartsWith("the pipeline does not answer within ", error.Message, StringComparison.Ordinal);
        gate.SetResult();
    }

    private string Place => Path.Combine(_folder.Path, "c.sock");

    private ControlServer? Serve(Func<ControlRequest, JsonObject> answer) =>
        ControlServer.TryStart([Place], request => request.ReplyAsync(answer(request)), Counters(), new MemoryLogger());

    private static ClientCounters Counters() => new(new CounterSet(), "control");
}
