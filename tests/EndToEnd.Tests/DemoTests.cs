using System.Diagnostics;

namespace EndToEnd.Tests;

/// <summary><c>culvert demo</c> as a person runs it.</summary>
public sealed class DemoTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(120);
    private static readonly string[] OnTheWire = ["initiation  148 bytes", "response     92 bytes", "134,217,728 bytes"];

    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("culvert-e2e-");

    [Fact]
    public void In_namespaces_it_observes_everything_and_leaves_nothing()
    {
        Culvert.Tests.Support.Requires.TunDevice();
        Culvert.Tests.Support.Requires.Tool("unshare");
        using var demo = Start();

        Assert.True(demo.WaitForExit(_limit) == 0, demo.Said);
        Assert.Contains("in network namespaces of their own", demo.Output, StringComparison.Ordinal);
        AssertStory(demo, OnTheWire);
        AssertNothingLeft();
    }

    [Fact]
    public void As_an_ordinary_user_it_takes_a_user_namespace()
    {
        Culvert.Tests.Support.Requires.TunDevice();
        Culvert.Tests.Support.Requires.Tool("unshare");
        Culvert.Tests.Support.Requires.Tool("setpriv");
        // On most systems everyone may open /dev/net/tun; here it is made so for this test alone, in a mount namespace of its own.
        const string asNobody =
            """
            mount -t tmpfs tmpfs /mnt && mknod -m 666 /mnt/tun c 10 200 && mount --bind /mnt/tun /dev/net/tun \
                && exec setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps -all "$0" demo
            """;
        var program = CulvertProgram.CopyForEveryone(_temporary);
        using var demo = Start(start =>
        {
            (start.FileName, start.Arguments) = ("unshare", "");
            start.ArgumentList.Clear();
            foreach (var word in new[] { "--mount", "sh", "-c", asNobody, program })
            {
                start.ArgumentList.Add(word);
            }
        });

        Assert.True(demo.WaitForExit(_limit) == 0, demo.Said);
        Assert.Contains("in an unprivileged user namespace", demo.Output, StringComparison.Ordinal);
        AssertStory(demo, OnTheWire);
        Assert.Empty(_temporary.EnumerateFileSystemInfos("culvert-demo-*"));
    }

    [Fact]
    public void Without_permission_it_reports_so_and_runs_the_twin()
    {
        // Without a path there is no unshare, so that the demo finds no way to make namespaces, whoever runs it.
        using var demo = Start(start => start.Environment["PATH"] = "");

        Assert.True(demo.WaitForExit(_limit) == 0, demo.Said);
        Assert.Contains("Network namespaces with TUN devices cannot be created here", demo.Output, StringComparison.Ordinal);
        AssertStory(demo, "16,777,216 bytes");
        AssertNothingLeft();
    }

    [Theory]
    [InlineData("TERM", "The network")]
    [InlineData("INT", "The clamp")]
    [InlineData("HUP", "The handshake")]
    public void Interrupted_at_any_moment_it_leaves_nothing(string signal, string after)
    {
        Culvert.Tests.Support.Requires.TunDevice();
        Culvert.Tests.Support.Requires.Tool("unshare");
        using var demo = Start();
        WaitFor(demo, after);
        demo.Signal(signal);

        Assert.Equal(1, demo.WaitForExit(_limit));
        AssertNothingLeft();
    }

    [Fact]
    public void Killed_it_leaves_nothing()
    {
        Culvert.Tests.Support.Requires.TunDevice();
        Culvert.Tests.Support.Requires.Tool("unshare");
        // Any .NET program that is killed leaves its debugging sockets; this is about what the demo makes.
        using var demo = Start(start => start.Environment["DOTNET_EnableDiagnostics"] = "0");
        WaitFor(demo, "The chain");
        demo.Signal("KILL");
        demo.WaitForExit();

        Eventually.True(() => Left().Length == 0, _limit, () => string.Join('\n', Left()));
    }

    public void Dispose() => _temporary.Delete(recursive: true);

    private static void AssertStory(RunningProgram demo, params string[] alone)
    {
        var text = demo.Output;
        string[] parts =
        [
            "mss-clamp", "before the clamp     8961", "after the clamp      1400", "100 of 100 SYN/ACKs clamped, 100 with a right checksum",
            "all were valid", "All of it was observed", .. alone,
        ];
        foreach (var part in parts)
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("INVALID", text, StringComparison.Ordinal);
    }

    private static void WaitFor(RunningProgram demo, string text) =>
        Eventually.True(() => demo.Output.Contains(text, StringComparison.Ordinal), _limit, () => demo.Said);

    private RunningProgram Start(Action<ProcessStartInfo>? adjust = null)
    {
        var start = CulvertProgram.StartInfo("demo");
        start.Environment["TMPDIR"] = _temporary.FullName;
        adjust?.Invoke(start);
        return new RunningProgram(Process.Start(start)!);
    }

    private void AssertNothingLeft() => Assert.Empty(Left());

    /// <summary>Files in the demo's temporary folder, and processes that name it.</summary>
    private string[] Left() =>
    [
        .. _temporary.EnumerateFileSystemInfos().Select(entry => entry.FullName),
        .. Directory.EnumerateDirectories("/proc").Where(NamesTheFolder),
    ];

    private bool NamesTheFolder(string process)
    {
        try
        {
            return File.ReadAllText(process + "/cmdline").Contains(_temporary.FullName, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
