using System.Text;

namespace Culvert.Host.Demo;

/// <summary>
/// The demo between two sites in network namespaces. In order:
/// 1. the network, the keys, the two files, and the chain as <c>culvert check</c> plans it;
/// 2. both sites run; the internet between them is watched from before their start;
/// 3. polls, each on a fresh connection, while the web server's link and the monitor's tunnel device are watched;
/// 4. the transfer;
/// 5. both sites are asked to end, and report what they counted;
/// 6. the verdict.
/// Everything is made inside a <see cref="Sandbox"/>.
/// </summary>
internal sealed class NamespaceDemo : IAsyncDisposable
{
    private const int Polls = 100;
    private const int TransferMebibytes = 128;

    private readonly DemoReport _report;
    private readonly DemoSites _sites;
    private readonly DemoNetwork _network;
    private readonly DemoContent _content = new(TransferMebibytes);
    private readonly Stack<IAsyncDisposable> _running = new();

    private NamespaceDemo(DemoReport report, DemoSites sites, DemoNetwork network) =>
        (_report, _sites, _network) = (report, sites, network);

    /// <summary>Runs the whole demo.</summary>
    /// <param name="folder">A private folder for keys and files; the caller removes it.</param>
    /// <param name="output">Where the person reads.</param>
    /// <param name="cancel">Ends it early.</param>
    /// <returns>True when everything was observed.</returns>
    /// <exception cref="DemoException">It could not go on.</exception>
    public static async Task<bool> RunAsync(string folder, TextWriter output, CancellationToken cancel)
    {
        var report = new DemoReport(output);
        using var network = DemoNetwork.Create();
        await using var demo = new NamespaceDemo(report, DemoSites.Write(folder), network);
        report.Network();
        await report.ChainAsync(demo._sites.GatewayFile, cancel);
        await demo.RunAsync(cancel);
        return report.Conclude();
    }

    public async ValueTask DisposeAsync()
    {
        while (_running.TryPop(out var running))
        {
            await running.DisposeAsync();
        }
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        using var wan = PacketCapture.Open(_network.Monitor, DemoNetwork.WanDevice);
        Keep(WebServer.Start(_network.Web, DemoNetwork.WebAddress, _content));
        var gateway = Keep(SiteProcess.Start("the gateway", _network.Gateway, _sites.GatewayFile));
        var monitor = Keep(SiteProcess.Start("the monitor's site", _network.Monitor, _sites.MonitorFile));
        await gateway.WaitUntilUpAsync(DemoNetwork.GatewayTunnelAddress, DemoNetwork.MonitorTunnelAddress, cancel);
        await monitor.WaitUntilUpAsync(DemoNetwork.MonitorTunnelAddress, DemoNetwork.WebAddress, cancel);

        using var client = new WebClient(_network.Monitor, DemoNetwork.WebAddress);
        var (before, after) = await PollAsync(client, cancel);
        wan.Dispose();
        _report.Handshake(WanTraffic.Of(wan.Packets, Encoding.ASCII.GetBytes(WebServer.Greeting)));
        _report.Polls(Polls, before, after);

        _network.SetWebChecksumOffload(true);
        _report.Transfer("HTTP", await client.DownloadAsync(cancel), _content);
        _report.Refused("The kernels at both ends", TcpErrors.BadChecksums(_network.Monitor) + TcpErrors.BadChecksums(_network.Web));

        await monitor.StopAsync(cancel);
        await gateway.StopAsync(cancel);
        _report.Counted(monitor.Name, monitor.Output);
        _report.Counted(gateway.Name, gateway.Output);
    }

    /// <summary>Polls the web server, and watches its link before the tunnel and the device behind it meanwhile.</summary>
    private async Task<(IReadOnlyList<CapturedPacket> Before, IReadOnlyList<CapturedPacket> After)> PollAsync(
        WebClient client, CancellationToken cancel)
    {
        using var before = PacketCapture.Open(_network.Gateway, DemoNetwork.LanDevice);
        using var after = PacketCapture.Open(_network.Monitor, DemoNetwork.TunDevice);
        for (var i = 0; i < Polls; i++)
        {
            if (await client.PollAsync(cancel) != WebServer.Greeting)
            {
                throw new DemoException("the web server's answer came back changed");
            }
        }

        before.Dispose();
        after.Dispose();
        return (before.Packets, after.Packets);
    }

    private T Keep<T>(T running)
        where T : IAsyncDisposable
    {
        _running.Push(running);
        return running;
    }
}
