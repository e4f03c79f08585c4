using System.Text;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>A plugin's DLL is overwritten while the program runs it, and the program is told to reload.</summary>
public sealed class ReplacedPluginTests : IDisposable
{
    private readonly TroubleSite _site = new();

    public ReplacedPluginTests() => Requires.Linux();

    private string Dll => Path.Combine(_site.Folder, "TroublePlugin.dll");

    public void Dispose() => _site.Dispose();

    [Theory]
    [InlineData(null, "Loaded the new version of the plugin TroublePlugin; its old code is unloaded.")]
    [InlineData("the stage's constructor=leak", "The old code of the plugin TroublePlugin stays in memory: most likely it is in use by its own threads that still run: trouble-leak.")]
    [InlineData("the stage's constructor=task", "A task of the plugin 'TroublePlugin' failed and nobody looked at its result: InvalidOperationException: Trouble in a task")]
    public void The_reload_loads_the_new_code_and_says_what_became_of_the_old(string? trouble, string said)
    {
        Overwrite("Answers by itself.");
        _site.Write(Dll).Start(trouble).WaitFor("Running ");
        Overwrite("Answers all alone.");
        _site.Program.Signal("HUP");
        _site.WaitFor(said);
        _site.WaitFor("trouble-host must close and reopen");
        _site.Program.Signal("TERM");
        Assert.Equal(0, _site.Program.WaitForExit());
    }

    [Fact]
    public void A_file_that_is_cut_short_under_the_running_code_does_no_harm()
    {
        Overwrite("Answers by itself.");
        _site.Write(Dll).Start().WaitFor("Running ");
        File.WriteAllBytes(Dll, []);
        _site.Program.Signal("HUP");
        _site.WaitFor("has errors; the running pipeline is unchanged.");
        Overwrite("Answers all alone.");
        _site.Program.Signal("HUP");
        _site.WaitFor("its old code is unloaded");
        _site.Program.Signal("TERM");

        Assert.Equal(0, _site.Program.WaitForExit());
    }

    // In place, as cp does.
    private void Overwrite(string summary)
    {
        var code = File.ReadAllBytes(Path.Combine(CulvertProgram.OutputOf("TroublePlugin"), "TroublePlugin.dll"));
        var at = code.AsSpan().IndexOf("Answers by itself."u8);
        Encoding.UTF8.GetBytes(summary).CopyTo(code, at);
        File.WriteAllBytes(Dll, code);
    }
}
