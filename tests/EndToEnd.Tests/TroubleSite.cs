using System.Diagnostics;

namespace EndToEnd.Tests;

/// <summary>
/// A <c>culvert run</c> of the plugin TroublePlugin alone, whose endpoints send and answer by themselves: no rights, no device, no network. What
/// misbehaves is set when it starts (<c>Outbound=hang</c>).
/// </summary>
internal sealed class TroubleSite : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-trouble-");
    private RunningProgram? _program;

    public TroubleSite() => File = Path.Combine(_folder.FullName, "pipeline.yaml");

    /// <summary>The pipeline's file.</summary>
    public string File { get; }

    /// <summary>Its folder.</summary>
    public string Folder => _folder.FullName;

    public RunningProgram Program => _program!;

    /// <summary>Writes the file.</summary>
    public TroubleSite Write(string plugin = "", int version = 1)
    {
        var dll = plugin.Length > 0 ? plugin : Path.Combine(CulvertProgram.OutputOf("TroublePlugin"), "TroublePlugin.dll");
        System.IO.File.WriteAllText(File, $$"""
            plugin-paths: ["{{dll}}"]
            control: site.sock
            stages:
              - stage: trouble-host
              - {stage: trouble, version: {{version}}, value: word}
              - stage: trouble-network
            """);
        return this;
    }

    /// <summary>Starts it by itself.</summary>
    public TroubleSite Start(string? trouble = null) => Start(CulvertProgram.StartInfo("run", File), trouble);

    /// <summary>Starts it by another program.</summary>
    public TroubleSite Start(ProcessStartInfo start, string? trouble = null)
    {
        start.Environment["CULVERT_TROUBLE"] = trouble;
        _program = new RunningProgram(Process.Start(start)!);
        return this;
    }

    /// <summary>Starts a shell's command; <c>$culvert</c> and <c>$file</c> are the program and the file.</summary>
    public TroubleSite StartShell(string script, params string[] wrapper)
    {
        string[] command = [.. wrapper, "sh", "-c", script];
        var start = CulvertProgram.StartInfo(command[1..]);
        start.FileName = command[0];
        (start.Environment["culvert"], start.Environment["file"]) = (CulvertProgram.Path, File);
        return Start(start);
    }

    /// <summary>Waits for words of the log.</summary>
    public void WaitFor(string words)
    {
        Eventually.True(
            () => Program.Error.Contains(words, StringComparison.Ordinal) || Program.HasExited, Limit, () => $"No '{words}'.\n{Program.Said}");
        if (Program.HasExited)
        {
            // Until all that it said has been read.
            Program.WaitForExit();
        }

        Assert.True(Program.Error.Contains(words, StringComparison.Ordinal), $"It ended without '{words}'.\n{Program.Said}");
    }

    public void Dispose()
    {
        _program?.Dispose();
        _folder.Delete(recursive: true);
    }
}
