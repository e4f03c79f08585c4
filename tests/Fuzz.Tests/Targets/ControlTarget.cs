using System.Text.Json.Nodes;
using System.Threading.Channels;
using Culvert.Counters;
using Culvert.Endpoints.Clients;
using Culvert.Engine.Control;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Engine.Running;
using Culvert.Host.Run;
using Culvert.Testing;
using Fuzz.Tests.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fuzz.Tests.Targets;

/// <summary>
/// A request on the control socket: a whole line is answered with JSON objects, at least one, and nothing that a client writes is a fault in the log.
/// </summary>
internal sealed class ControlTarget : FuzzTarget
{
    private const string Text = "stages: [{stage: tun, device: a}, {stage: mss-clamp}, {stage: plaintext}, {stage: udp, peer: '192.0.2.1:7'}]";

    private readonly Channel<Stream> _clients = Channel.CreateUnbounded<Stream>();
    private readonly MemoryLogger _log = new();
    private readonly ControlServer _server;
    private readonly Pipeline _pipeline;

    public ControlTarget()
    {
        var plan = new PipelineLoader(new FixedStages(Stages.All)).LoadText(Text, "pipeline.yaml", "/nowhere").Plan!;
        _pipeline = Pipeline.Start(plan, new PipelineOptions
        {
            HostEnd = _ => new MemoryEndpoint(plan.Stages[0].Shape),
            NetworkEnd = _ => new MemoryEndpoint(plan.Stages[^1].Shape),
        });
        var control = new RunControl(
            "/nowhere/pipeline.yaml", () => _pipeline, () => StatusJson.Write(_pipeline.GetStatus()),
            (_, _) => Task.FromResult(new ReloadReport(ReloadReport.Valid, [])), new EventFeed(), () => { }, NullLogger.Instance);
        _server = new ControlServer("memory", new Listener(_clients.Reader), control.AnswerAsync, new ClientCounters(new CounterSet(), "control"), _log);
    }

    public override IEnumerable<byte[]> Seeds => Utf8(
        "{\"request\":\"status\"}\n", "{\"request\":\"x\",\"filter\":\"tcp\"}\n", "{\"request\":\"flows\",\"filter\":\"port x\"}\n",
        "{\"request\":\"trace\",\"filter\":\"(\",\"count\":5,\"seconds\":1.5}\n", "{\"request\":\"capture\",\"filter\":\"\",\"at\":\"mss-clamp:below\",\"count\":1,\"seconds\":0.1,\"snaplen\":64}\n", "{\"request\":\"capture\",\"keys\":true,\"count\":1}\n", "{\"request\":\"events\",\"follow\":true}\n", "[]\n", "\n", "{\"request\":7}\n");

    public override IEnumerable<string> Words => ["\"request\":", "\"filter\":", "\"count\":", "\"seconds\":", "null", "1e99", "{}", "[", "\n", "\\u0000", "\"status\"", "\"events\"", "\"capture\"", "\"at\":", "\"snaplen\":", "\"keys\":true", "\"follow\":", "\"trace\"", "\"flows\""];

    public override void Run(byte[] input)
    {
        var connection = new Connection(input);
        Assert.True(_clients.Writer.TryWrite(connection));
        Assert.True(connection.Closed.Wait(TimeSpan.FromSeconds(30)), "the server does not close the connection");
        var line = input.AsSpan().IndexOf((byte)'\n') is >= 0 and var end ? input[..end] : input;
        // A trace of no packets ends without an answer, and so do no events.
        if (line.Length > 0 && line.AsSpan().IndexOf("trace"u8) < 0 && line.AsSpan().IndexOf("events"u8) < 0)
        {
            Assert.NotEmpty(connection.Answers);
        }

        // What follows the first answer to 'capture' is a file.
        var isFile = connection.Answers is [var first, ..] && JsonNode.Parse(first)!["format"] is not null;
        Assert.All(connection.Answers.Take(isFile ? 1 : int.MaxValue), answer => Assert.IsType<JsonObject>(JsonNode.Parse(answer)));
        Assert.True(_log.Lines.Count == 0, string.Join('\n', _log.Lines));
    }

    public override void Dispose()
    {
        _server.DisposeAsync().AsTask().Wait();
        _pipeline.Dispose();
    }

    private sealed class Listener(ChannelReader<Stream> clients) : IClientListener
    {
        public ValueTask<Stream> AcceptAsync(CancellationToken cancel) => clients.ReadAsync(cancel);

        public void Dispose()
        {
        }
    }

    /// <summary>A client that has written its request and waits.</summary>
    private sealed class Connection(byte[] request) : MemoryStream
    {
        private readonly MemoryStream _request = new(request);

        public ManualResetEventSlim Closed { get; } = new();

        public List<string> Answers { get; } = [];

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _request.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Answers.AddRange(System.Text.Encoding.UTF8.GetString(buffer.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries));
            return ValueTask.CompletedTask;
        }

        public override ValueTask DisposeAsync()
        {
            Closed.Set();
            return base.DisposeAsync();
        }
    }
}
