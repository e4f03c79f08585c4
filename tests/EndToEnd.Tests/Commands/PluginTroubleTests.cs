using System.Diagnostics;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.Commands;

/// <summary>Commands that only describe or check a plugin say which of its members throws or does not return, and end.</summary>
public sealed class PluginTroubleTests : IDisposable
{
    private readonly TroubleSite _site = new TroubleSite().Write();

    public PluginTroubleTests() => Requires.Linux();

    private static string Dll => Path.Combine(CulvertProgram.OutputOf("TroublePlugin"), "TroublePlugin.dll");

    public void Dispose() => _site.Dispose();

    [Theory]
    [InlineData("stages trouble", "Expected of=throw", 2, "Expected of 'TroubleValue' threw InvalidOperationException")]
    [InlineData("stages trouble", "DeclareCounters=foul", 2, "DeclareCounters threw FoulException")]
    [InlineData("stages trouble", "DeclareCounters=hang", 2, "DeclareCounters did not return within 10 seconds")]
    [InlineData("stages trouble", "Register of=throw", 2, "Register of 'TroubleServices' threw InvalidOperationException")]
    [InlineData("schema", "JsonSchema of=throw", 0, "the JSON Schema of 'trouble' cannot be written: JsonSchema of 'TroubleValue' threw")]
    [InlineData("schema", "JsonSchema of=nonsense", 0, "the JSON Schema of 'trouble' cannot be written: Json")]
    [InlineData("check", "Shape=throw", 2, "pipeline.yaml(5,5): error CV1208: 'trouble': Shape threw InvalidOperationException")]
    [InlineData("replay --twin --in capture", "ForTwin=throw", 1, "trouble: ForTwin threw InvalidOperationException: Trouble at ForTwin;")]
    [InlineData("replay --twin --in capture", "ForTwin=hang", 1, "trouble: ForTwin did not return within 10 seconds;")]
    [InlineData("check", "Validate=hang", 2, "pipeline.yaml(5,5): error CV1208: 'trouble': Validate did not return within 10 seconds")]
    public void The_member_is_named(string command, string trouble, int exitCode, string said)
    {
        // A capture without packets: header of a file with raw IP.
        var capture = Path.Combine(_site.Folder, "capture");
        File.WriteAllBytes(capture, Convert.FromHexString("D4C3B2A10200040000000000000000000000040065000000"));
        string[] place = command is "stages trouble" or "schema" ? ["--plugin-path", Dll] : [_site.File];
        var start = CulvertProgram.StartInfo([.. command.Replace("capture", capture, StringComparison.Ordinal).Split(' '), .. place]);
        start.Environment["CULVERT_TROUBLE"] = trouble;
        using var program = new RunningProgram(Process.Start(start)!);

        Assert.Equal(exitCode, program.WaitForExit());
        Assert.True(program.Error.Contains(said, StringComparison.Ordinal), program.Said);
        Assert.DoesNotContain("   at ", program.Error, StringComparison.Ordinal);
    }

    /// <summary>The default file is that of the current folder, which may be somebody else's: asking what runs must not run code that it names.</summary>
    [Theory]
    [InlineData("check", false)]
    [InlineData("status", true)]
    [InlineData("top --count 1", true)]
    [InlineData("trace", true)]
    [InlineData("reload", true)]
    public void Commands_that_ask_a_running_pipeline_load_no_plugin(string command, bool asks)
    {
        var start = CulvertProgram.StartInfo([.. command.Split(' '), .. command == "trace" ? ["--file"] : Array.Empty<string>(), _site.File]);
        // Ends the program if the plugin is asked anything.
        start.Environment["CULVERT_TROUBLE"] = "Validate=thread";
        using var program = new RunningProgram(Process.Start(start)!);

        Assert.True(asks == (program.WaitForExit() == 1), program.Said);
        Assert.True(asks == program.Error.Contains("no running pipeline answers", StringComparison.Ordinal), program.Said);
        Assert.True(asks != program.Error.Contains("Trouble in a thread", StringComparison.Ordinal), program.Said);
    }
}
