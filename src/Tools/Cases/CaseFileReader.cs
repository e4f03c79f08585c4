using Culvert.Endpoints.Files;
using Culvert.Engine.Configuration;
using Culvert.Engine.Configuration.Binding;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;

namespace Culvert.Tools.Cases;

/// <summary>
/// Reads a test file: 1. text and YAML; 2. the file's keys; 3. each test's keys; 4. its packets; 5. its pipeline. Every step reports all it finds.
/// Not thread-safe.
/// </summary>
/// <param name="open">Makes the loader of a pipeline with the options that override its own.</param>
internal sealed class CaseFileReader(Func<FileNode?, PipelineLoader> open)
{
    private const string PipelineKey = "pipeline";
    private const string TestsKey = "tests";
    private const string WithKey = "with";
    private const string StepsKey = "steps";
    private const string PipelineRemedy = "write pipeline: FILE, a pipeline file, or a mapping with its 'stages'";

    private static readonly OptionSchema TestSchema = OptionSchema.Of(typeof(CaseKeys));
    private static readonly OptionSchema StepSchema = OptionSchema.Of(typeof(StepKeys));
    private static readonly OptionSchema NoKeys = OptionSchema.Of(typeof(object));

    /// <summary>Initializes a reader of files that use the plugins of a store.</summary>
    public CaseFileReader(PluginStore plugins)
        : this(overrides => new PipelineLoader(plugins) { Overrides = overrides, IsDry = true })
    {
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">Diagnostics print it as given.</param>
    public CaseFile Read(string path)
    {
        var diagnostics = new DiagnosticBag();
        if (FileTrust.Find(path) is { } problem)
        {
            diagnostics.Add(DiagnosticCodes.FileOpenToOthers, new SourcePosition(path), problem.Message, problem.Remedy);
            return new CaseFile(path, [], diagnostics.ToList());
        }

        return FileText.Read(path, diagnostics) is { } text ? Read(text, path, diagnostics) : new CaseFile(path, [], diagnostics.ToList());
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="path">What diagnostics call it; relative paths in it count from its folder.</param>
    /// <param name="diagnostics">Where mistakes go.</param>
    internal CaseFile Read(string text, string path, DiagnosticBag diagnostics)
    {
        var root = YamlReader.Read(text, new FileOrigin(path, Path.GetDirectoryName(Path.GetFullPath(path))!), diagnostics);
        var cases = root is null ? [] : ReadRoot(root, diagnostics);
        return new CaseFile(path, diagnostics.HasErrors ? [] : cases, diagnostics.ToList());
    }

    private List<TestCase> ReadRoot(FileNode root, DiagnosticBag diagnostics)
    {
        const string Remedy = "list the tests under 'tests:', each as '- name: NAME' with its keys";
        if (root.FileEntries is null || root.Find(TestsKey)?.Value.FileItems is not { Count: > 0 } items)
        {
            var position = root.Find(TestsKey)?.Value.Position ?? root.Position;
            diagnostics.Add(DiagnosticCodes.MissingKey, position, "the file lists no tests", Remedy);
            return [];
        }

        NoKeys.Bind(root, new KeyPlace("", null), diagnostics, [PipelineKey, TestsKey]);
        var plans = new CasePlans(open, diagnostics);
        List<TestCase> cases = [];
        foreach (var (index, item) in items.Index())
        {
            var place = new KeyPlace(TestsKey, null).Item(index);
            if (item.FileEntries is null)
            {
                diagnostics.Add(DiagnosticCodes.WrongType, item.Position, $"'{place.Path}' is {item.Describe()}", Remedy);
            }
            else if (ReadCase(item, place, (item.Find(PipelineKey) ?? root.Find(PipelineKey))?.Value, plans, diagnostics) is { } read)
            {
                if (cases.Find(other => other.Name == read.Name) is { } twin)
                {
                    Mistake(item, $"the name '{read.Name}' is taken by the test in line {twin.Position.Line}", "give each test a name of its own", diagnostics);
                }

                cases.Add(read);
            }
        }

        return cases;
    }

    private static TestCase? ReadCase(FileNode item, KeyPlace place, FileNode? pipeline, CasePlans plans, DiagnosticBag diagnostics)
    {
        var own = new DiagnosticBag();
        var mapping = Listed(item);
        var bound = TestSchema.Bind(mapping, new KeyPlace("", null), own, [PipelineKey, WithKey, StepsKey], place.Path);
        if (pipeline is null)
        {
            own.Add(DiagnosticCodes.MissingKey, item.Position, $"'{place.Path}' names no pipeline", PipelineRemedy);
        }

        var plan = pipeline is null ? null : plans.Find(pipeline, item.Find(WithKey)?.Value);
        var keys = (CaseKeys)bound.Options;
        var steps = ReadSteps(item, mapping, keys, own);
        diagnostics.AddRange(own.ToList());
        if (plan is null || own.HasErrors)
        {
            return null;
        }

        CaseRules.Check(item, keys, steps, plan, diagnostics);
        return new TestCase
        {
            Name = keys.Name,
            Position = item.Position,
            Plan = plan,
            Steps = steps,
            Twin = keys.Twin,
            Counters = keys.Counters,
            Snapshot = keys.Snapshot,
            Inputs = [item.Origin.File.Full, .. PathsIn(pipeline), .. Captures(item)],
            SnapshotPosition = item.Find("snapshot")?.Value.Position ?? item.Position,
        };
    }

    private static IEnumerable<string> Captures(FileNode node) => (node.FileEntries ?? [])
        .SelectMany(entry => entry.Key == "capture" ? PathsIn(entry.Value) : Captures(entry.Value))
        .Concat((node.FileItems ?? []).SelectMany(Captures));

    private static IEnumerable<string> PathsIn(FileNode? node) =>
        node is { Scalar: { Length: > 0 } path } ? [Path.GetFullPath(path, node.BaseDirectory)] : [];

    private static List<TestStep> ReadSteps(FileNode item, FileNode mapping, CaseKeys keys, DiagnosticBag diagnostics)
    {
        if (item.Find(StepsKey)?.Value is not { } list)
        {
            return ReadStep(mapping, keys, keys, 0, diagnostics) is { } only ? [only] : [];
        }

        if (list.FileItems is not { } nodes || nodes.Any(node => node.FileEntries is null))
        {
            Mistake(list, "'steps' is not a list of steps", "write '- in: PACKET' and what is expected for each step", diagnostics);
            return [];
        }

        if (keys.In.Count > 0 || keys.Out is not null || keys.DroppedBy is not null || keys.Emits is not null || keys.At is not null)
        {
            Mistake(item, "the test has 'steps' and keys of a step beside them", "move 'at', 'in', 'out', 'dropped-by', 'reason' and 'emits' into a step", diagnostics);
        }

        List<TestStep> steps = [];
        var now = 0L;
        foreach (var (index, node) in nodes.Index())
        {
            var listed = Listed(node);
            var bound = StepSchema.Bind(listed, new KeyPlace("", null), diagnostics, [], new KeyPlace(StepsKey, null).Item(index).Path);
            if (ReadStep(listed, (StepKeys)bound.Options, keys, now, diagnostics) is { } step)
            {
                now = step.Packets.Select(packet => packet.At).Append(step.At).Max();
                steps.Add(step);
            }
        }

        return steps;
    }

    private static TestStep? ReadStep(FileNode node, StepKeys step, CaseKeys test, long now, DiagnosticBag diagnostics)
    {
        var at = Nanoseconds(step.At) ?? now;
        List<TestPacket> packets = [];
        var nodes = node.Find("in")?.Value.FileItems ?? [];
        now = at;
        // A packet with a wrong key is not built: it would be said to be wrong once more.
        foreach (var (spec, place) in diagnostics.HasErrors ? [] : step.In.Zip(nodes))
        {
            try
            {
                now = Nanoseconds(spec.At) ?? now;
                packets.Add(new TestPacket(now, spec.Direction ?? step.Direction ?? test.Direction ?? default, SpecifiedPacket.Build(spec)));
            }
            catch (InvalidDataException wrong)
            {
                var split = wrong.Message.LastIndexOf("; ", StringComparison.Ordinal);
                Mistake(place, wrong.Message[..split], wrong.Message[(split + 2)..], diagnostics);
            }
        }

        var drop = step.DroppedBy is null ? null : new ExpectedDrop(node.Find("dropped-by")!.Value.Position, step.DroppedBy, step.Reason);
        if (step is { Reason: not null, DroppedBy: null })
        {
            Mistake(node.Find("reason")!.Value, "'reason' without 'dropped-by'", "add dropped-by: STAGE", diagnostics);
        }

        return new TestStep
        {
            Position = node.Position,
            At = at,
            Packets = packets,
            Out = step.Out,
            Drop = drop,
            Emits = step.Emits,
            EmitsPosition = node.Find("emits")?.Value.Position ?? node.Position,
        };
    }

    private static long? Nanoseconds(TimeSpan? time) => time is { } span ? span.Ticks * TimeSpan.NanosecondsPerTick : null;

    // One packet may be written without the list around it.
    private static FileNode Listed(FileNode mapping)
    {
        var entries = mapping.FileEntries!.Select(entry => entry.Key is "in" or "emits" && entry.Value is { FileItems: null, IsNull: false } one
            ? entry with { Value = FileNode.OfList(one.Origin, one.Position.Line, one.Position.Column, [one]) }
            : entry);
        return FileNode.OfMapping(mapping.Origin, mapping.Position.Line, mapping.Position.Column, [.. entries]);
    }

    private static void Mistake(FileNode node, string message, string remedy, DiagnosticBag diagnostics) =>
        diagnostics.Add(DiagnosticCodes.TestMistake, node.Position, message, remedy);
}
