namespace Conventions.Tests;

/// <summary>What a run does not show, or only one in millions: a part that is left out is found by reading.</summary>
public sealed class UnseenTests
{
    [Fact]
    public void A_deadline_and_the_timer_s_expiry_each_have_a_full_fence()
    {
        // TimerRaceTests lose a deadline in millions of rounds without them.
        var fences = CallScanner.Calls(PathOf("Encrypt", "Encrypt.dll"))
            .Count(call => call is { Caller: "Culvert.Plugins.Encrypt.WireGuard.Peers.PeerTimers", Called: "System.Threading.Interlocked.MemoryBarrier" });

        Assert.Equal(2, fences);
    }

    [Fact]
    public void No_named_pipe_lets_its_server_act_as_this_user()
    {
        // Without a level Windows lets whoever has taken the pipe's name impersonate the client.
        var clients = new[] { "src", "plugins" }.SelectMany(folder => Repository.Files(folder, ".cs")).Select(File.ReadAllText)
            .SelectMany(text => text.Split("new NamedPipeClientStream(")[1..]).Select(rest => rest[..rest.IndexOf(';', StringComparison.Ordinal)]).ToArray();

        Assert.NotEmpty(clients);
        Assert.All(clients, arguments => Assert.Contains("TokenImpersonationLevel.Identification", arguments, StringComparison.Ordinal));
    }

    private static string PathOf(string project, string assembly)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, assembly);
    }
}
