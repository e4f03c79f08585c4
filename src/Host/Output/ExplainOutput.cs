using Culvert.Engine.Planning;
using Culvert.Packets;
using Culvert.Tools.Captures;
using Culvert.Tools.Replay;

namespace Culvert.Host.Output;

/// <summary>Explains packets one by one and writes each story at once, as text or JSON and into a pcapng when one is asked for.</summary>
internal sealed class ExplainOutput : IDisposable
{
    private readonly Explainer _explainer;
    private readonly ExplainRequest _request;
    private readonly TextWriter _output;
    private readonly StoryText _text;
    private readonly CaptureWriter? _file;
    private readonly StoryCapture? _capture;
    private bool _any;

    public ExplainOutput(PipelinePlan plan, ExplainRequest request, TextWriter output)
    {
        (_request, _output) = (request, output);
        _explainer = new Explainer(plan, request.Direction);
        _text = new StoryText(output, Colours.For(output), _explainer.StageIds);
        if (request.PcapNg is { } path)
        {
            _file = CaptureWriter.CreatePcapNg(path, [.. new[] { request.Capture, request.File }.OfType<string>()]);
            _capture = new StoryCapture(_file, _explainer.StageIds);
        }
    }

    public void Explain(long number, long timestamp, ReadOnlySpan<byte> packet)
    {
        var story = _explainer.Explain(number, timestamp, packet);
        if (_request.OnlyChanged && story.Steps.All(step => step.Outcome is StageOutcome.Unchanged or StageOutcome.PassedBy))
        {
            return;
        }

        _capture?.Write(story);
        if (_request.Format == OutputFormat.Text)
        {
            _text.Write(story);
        }
        else
        {
            // One element at a time: a capture of any size is explained in constant memory.
            _output.WriteLine(_any ? "," : "[");
            _output.Write(JsonOutput.ToText(StoryJson.ToJson(story)));
        }

        _any = true;
    }

    /// <summary>Ends the document and closes the pcapng.</summary>
    public void Dispose()
    {
        if (_request.Format == OutputFormat.Json)
        {
            _output.WriteLine(_any ? "\n]" : "[]");
        }

        _file?.Dispose();
        _explainer.Dispose();
    }
}

/// <summary>The command line of <c>culvert explain</c>.</summary>
internal sealed record ExplainRequest(
    string? Hex, string? Capture, Direction Direction, string? PcapNg, bool OnlyChanged, OutputFormat Format, string File);
