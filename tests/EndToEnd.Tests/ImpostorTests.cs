using System.Diagnostics;
using System.Text.RegularExpressions;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>Another user who listens where a pipeline's control socket would be: root believes nobody but who may speak for the pipeline.</summary>
public sealed partial class ImpostorTests : IDisposable
{
    private const string Nobody = "65534";

    // Serves one answer over and over; says when it listens.
    private const string Impostor = """
        import os, socket, sys
        os.setgroups([])
        os.setresuid(int(sys.argv[2]), int(sys.argv[2]), int(sys.argv[2]))
        s = socket.socket(socket.AF_UNIX)
        s.bind(sys.argv[1])
        s.listen(9)
        print("listening", flush=True)
        while True:
            c, _ = s.accept()
            c.recv(9999)
            c.sendall(b'{"file":"/PWNED","process":1,"uptime-seconds":1,"lanes":1,"mtu":1,"stages":[]}\n')
            c.close()
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-impostor-");
    private readonly List<RunningProgram> _impostors = [];

    private string Site => Path.Combine(_folder.FullName, "site.yaml");

    public void Dispose()
    {
        _impostors.ForEach(impostor => impostor.Dispose());
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void A_socket_of_another_user_at_a_default_place_is_not_believed()
    {
        Prepare();
        File.WriteAllText(Site, "stages: []\n");
        var name = SocketName().Match(Ask("status", Site).Error).Value;
        Assert.NotEmpty(name);

        // With the name of root's own directory, and with that of its owner, who has nothing to do with the file.
        Listen(Folder("culvert-0", Nobody), name);
        Assert.Equal(1, Ask("status", Site).ExitCode);
        Listen(Folder($"culvert-{Nobody}", Nobody), name);
        var asked = Ask("status", Site);
        Assert.Equal((1, ""), (asked.ExitCode, asked.Output));
    }

    [Fact]
    public void A_socket_of_another_user_in_a_shared_directory_is_not_believed()
    {
        Prepare();
        var shared = Folder("shared", "0", mode: "1777");
        File.WriteAllText(Site, "control: shared/c.sock\nstages: []\n");
        Listen(shared, "c.sock");
        var asked = Ask("status", Site);
        Assert.Equal((1, ""), (asked.ExitCode, asked.Output));
        Assert.Contains("it belongs to user 65534, who is neither root nor the user of this command", asked.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_others_may_write_is_not_believed()
    {
        Prepare();
        Folder("open", "0", mode: "0777");
        File.WriteAllText(Site, "control: open/c.sock\nstages: []\n");
        Assert.Contains("other users may write the directory", Ask("status", Site).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Root_finds_the_pipeline_of_a_service()
    {
        Prepare();
        File.WriteAllText(Site, "stages: []\n");
        var name = SocketName().Match(Ask("status", Site).Error).Value;
        Listen(Folder("culvert-990", "990"), name, "990");
        Assert.Contains("PWNED", Ask("list").Output, StringComparison.Ordinal);
        Assert.Equal(0, Ask("status", Site).ExitCode);
    }

    [Fact]
    public void Without_a_file_several_pipelines_are_listed_and_none_is_picked()
    {
        Prepare();
        var folder = Folder("culvert-990", "990");
        Listen(folder, "a-00000000.sock", "990");
        Listen(folder, "b-00000000.sock", "990");
        foreach (var command in new[] { "status", "top", "trace", "reload" })
        {
            var asked = Ask(command);
            Assert.Equal((1, ""), (asked.ExitCode, asked.Output));
            Assert.Matches("pipelines run: name the file of one [(].*/PWNED.*/PWNED", asked.Error);
        }
    }

    private void Prepare()
    {
        Requires.Root();
        Requires.Tool("python3");
        Run("chmod", "0711", _folder.FullName);
    }

    private string Folder(string name, string owner, string mode = "0700")
    {
        var folder = _folder.CreateSubdirectory(name).FullName;
        Run("chown", owner, folder);
        Run("chmod", mode, folder);
        return folder;
    }

    private void Listen(string folder, string name, string user = Nobody)
    {
        var start = new ProcessStartInfo("python3", ["-c", Impostor, Path.Combine(folder, name), user])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var impostor = new RunningProgram(Process.Start(start)!);
        _impostors.Add(impostor);
        Eventually.True(() => impostor.Output.Contains("listening", StringComparison.Ordinal), TimeSpan.FromSeconds(20), () => impostor.Said);
    }

    private CommandResult Ask(params string[] words)
    {
        var start = CulvertProgram.StartInfo(words);
        start.WorkingDirectory = _folder.FullName;
        start.Environment["TMPDIR"] = _folder.FullName;
        start.Environment.Remove("XDG_RUNTIME_DIR");
        using var program = new RunningProgram(Process.Start(start)!);
        return new CommandResult(string.Join(' ', words), program.WaitForExit(), program.Output, program.Error);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    [GeneratedRegex("site-[0-9a-f]{8}[.]sock")]
    private static partial Regex SocketName();
}
