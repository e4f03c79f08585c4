using System.Text;
using Culvert.Engine.Planning;
using Culvert.Engine.Running;

namespace Culvert.Host.Demo;

/// <summary>
/// The demo between two sites in network namespaces, each a pipeline of this process whose device and socket are opened inside its
/// namespace. Everything is made inside a <see cref="Sandbox"/>.
/// </summary>
internal static class NamespaceDemo
{
    private const int Polls = 100;

    /// <summary>Runs the whole demo.</summary>
    /// <param name="folder">A private folder for keys and files; the caller removes it.</param>
    /// <param name="output">Where people read.</param>
    /// <param name="cancel">Ends the demo early.</param>
    /// <returns>Whether everything was observed.</returns>
    public static async Task<bool> RunAsync(string folder, TextWriter output, CancellationToken cancel)
    {
        var report = new DemoReport(output);
        using var network = new DemoNetwork();
        var sites = DemoSites.Write(folder);
        report.Network();
        var (gatewayPlan, monitorPlan) = (DemoReport.Plan(sites.GatewayFile), DemoReport.Plan(sites.MonitorFile));
        report.Chain(gatewayPlan);

        using var server = Web.Serve(network.Web, DemoNetwork.WebAddress);
        using var client = Web.Client(network.Monitor, DemoNetwork.WebAddress);
        using var toGateway = PacketCapture.Open(network.Gateway, DemoNetwork.WanDevice);
        using var toMonitor = PacketCapture.Open(network.Monitor, DemoNetwork.WanDevice);
        using var gateway = Start(network.Gateway, gatewayPlan);
        using var monitor = Start(network.Monitor, monitorPlan);
        using var before = PacketCapture.Open(network.Gateway, DemoNetwork.LanDevice);
        using var after = PacketCapture.Open(network.Monitor, DemoNetwork.TunDevice);
        await PollAsync(client, [toGateway, toMonitor, before, after], cancel);
        report.Handshake([.. WanMessage.ReadAll(toGateway.Packets.Concat(toMonitor.Packets), Encoding.ASCII.GetBytes(Web.Greeting))]);
        report.Polls(Polls, before.Packets, after.Packets);

        network.SetWebChecksumOffload(true);
        report.Transfer("HTTP", await Download.GetAsync(client, "file", cancel), Download.Expect(Web.File()));
        report.Refused("The monitor's and the web server's TCP", BadSegments(network.Monitor) + BadSegments(network.Web));
        report.Counted("the monitor's site", monitor.GetStatus());
        report.Counted("the gateway", gateway.GetStatus());
        return report.Conclude();
    }

    // The threads that a pipeline starts, and the devices and sockets that they open, belong to the namespace of the thread that starts it.
    private static Pipeline Start(NetworkNamespace space, PipelinePlan plan) => space.Run(() => Pipeline.Start(plan, new PipelineOptions()));

    private static async Task PollAsync(HttpClient client, PacketCapture[] captures, CancellationToken cancel)
    {
        var greeting = Download.Expect([Encoding.ASCII.GetBytes(Web.Greeting)]);
        for (var i = 0; i < Polls; i++)
        {
            if ((await Download.GetAsync(client, "", cancel)) with { Time = default } != greeting)
            {
                throw new InvalidDataException("the web server's answer came back changed");
            }

            Array.ForEach(captures, capture => capture.Read());
        }
    }

    // InCsumErrors of proc(5): segments that the kernel's TCP refused for their checksum.
    private static long BadSegments(NetworkNamespace space)
    {
        var lines = space.Run(() => File.ReadAllLines("/proc/thread-self/net/snmp")).Where(line => line.StartsWith("Tcp:", StringComparison.Ordinal))
            .Select(line => line.Split(' ')).ToArray();
        return long.Parse(lines[1][Array.IndexOf(lines[0], "InCsumErrors")], System.Globalization.CultureInfo.InvariantCulture);
    }
}
