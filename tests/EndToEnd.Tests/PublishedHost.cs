using System.Diagnostics;

namespace EndToEnd.Tests;

/// <summary>The host as <c>dotnet publish</c> leaves it, made once for a class of tests from what is built already.</summary>
public sealed class PublishedHost : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(120);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-published-");

    public PublishedHost()
    {
        var configuration = Path.GetFileName(CulvertProgram.OutputOf("Host"));
        var start = CulvertProgram.StartInfo(
            "publish", Path.Combine(CulvertProgram.Root, "src", "Host"), "--no-build", "-c", configuration == "release" ? "Release" : "Debug", "-o", _folder.FullName);
        start.FileName = "dotnet";
        using var publish = new RunningProgram(Process.Start(start)!);
        Assert.True(publish.WaitForExit(_limit) == 0, publish.Said);
    }

    /// <summary>The program.</summary>
    public string Program => Path.Combine(_folder.FullName, "culvert");

    /// <summary>The folder of its plugins.</summary>
    public string Plugins => Path.Combine(_folder.FullName, "plugins");

    /// <summary>Runs it to its end.</summary>
    internal RunningProgram Run(params string[] arguments)
    {
        var start = CulvertProgram.StartInfo(arguments);
        start.FileName = Program;
        return new RunningProgram(Process.Start(start)!);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
