using System.Text;
using Culvert.Engine.Planning;
using Culvert.Engine.Running;

namespace Culvert.Host.Demo;

/// <summary>
/// The demo between two sites in network namespaces, each a pipeline of this process whose device and socket are opened inside its
/// namespace. In order:
/// 1. the network, the keys, the two files, and the chain as <c>culvert check</c> plans it;
/// 2. both sites run; the internet between them is watched from before their start;
/// 3. polls, each on a fresh connection, while the web server's link and the monitor's tunnel device are watched;
/// 4. the transfer;
/// 5. what both sites counted;
/// 6. the verdict.
/// Everything is made inside a <see cref="Sandbox"/>.
/// </summary>
internal static class NamespaceDemo
{
    private const int Polls = 100;

    /// <summary>Runs the whole demo.</summary>
    /// <param name="folder">A private folder for keys and files; the caller removes it.</param>
    /// <param name="output">Where people read.</param>
    /// <param name="cancel">Ends it early.</param>
    /// <returns>True when everything was observed.</returns>
    /// <exception cref="DemoException">The demo cannot continue.</exception>
    public static async Task<bool> RunAsync(string folder, TextWriter output, CancellationToken cancel)
    {
        var report = new DemoReport(output);
        using var network = DemoNetwork.Create();
        var sites = DemoSites.Write(folder);
        report.Network();
        var (gatewayPlan, monitorPlan) = (DemoReport.Plan(sites.GatewayFile), DemoReport.Plan(sites.MonitorFile));
        report.Chain(gatewayPlan);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var wan = PacketCapture.Open(network.Monitor, DemoNetwork.WanDevice);
        var serving = Web.ServeAsync(network.Web, DemoNetwork.WebAddress, ending.Token);
        using var gateway = Start(network.Gateway, gatewayPlan);
        using var monitor = Start(network.Monitor, monitorPlan);
        var (before, after) = await PollAsync(network, cancel);
        wan.Dispose();
        report.Handshake(WanTraffic.Of(wan.Packets, Encoding.ASCII.GetBytes(Web.Greeting)));
        report.Polls(Polls, before, after);

        network.SetWebChecksumOffload(true);
        report.Transfer("HTTP", await Web.GetAsync(network.Monitor, DemoNetwork.WebAddress, "/file", cancel), Download.Expect(Web.File()));
        report.Refused("The monitor's and the web server's TCP", BadSegments(network.Monitor) + BadSegments(network.Web));
        report.Counted("the monitor's site", monitor.GetStatus());
        report.Counted("the gateway", gateway.GetStatus());
        await ending.CancelAsync();
        await serving;
        return report.Conclude();
    }

    // The threads that a pipeline starts, and the devices and sockets that they open, belong to the namespace of the thread that starts it.
    private static Pipeline Start(NetworkNamespace space, PipelinePlan plan) => space.Run(() => Pipeline.Start(plan, new PipelineOptions()));

    private static async Task<(IReadOnlyList<CapturedPacket> Before, IReadOnlyList<CapturedPacket> After)> PollAsync(
        DemoNetwork network, CancellationToken cancel)
    {
        var greeting = Download.Expect([Encoding.ASCII.GetBytes(Web.Greeting)]);
        using var before = PacketCapture.Open(network.Gateway, DemoNetwork.LanDevice);
        using var after = PacketCapture.Open(network.Monitor, DemoNetwork.TunDevice);
        for (var i = 0; i < Polls; i++)
        {
            if (!(await Web.GetAsync(network.Monitor, DemoNetwork.WebAddress, "/", cancel)).IsSameAs(greeting))
            {
                throw new DemoException("the web server's answer came back changed");
            }
        }

        before.Dispose();
        after.Dispose();
        return (before.Packets, after.Packets);
    }

    // InCsumErrors of proc(5): segments that the kernel's TCP refused for their checksum.
    private static long BadSegments(NetworkNamespace space)
    {
        var lines = space.Run(() => File.ReadAllLines("/proc/thread-self/net/snmp")).Where(line => line.StartsWith("Tcp:", StringComparison.Ordinal))
            .Select(line => line.Split(' ')).ToArray();
        return long.Parse(lines[1][Array.IndexOf(lines[0], "InCsumErrors")], System.Globalization.CultureInfo.InvariantCulture);
    }
}
