using System.Net;
using System.Security.Cryptography;
using System.Text;
using Culvert.Engine.Inspection;
using Culvert.Engine.Loading;
using Culvert.Engine.Planning;
using Culvert.Engine.Plugins;
using Culvert.Engine.Running;
using Culvert.Host.Output;
using Culvert.Packets;
using Culvert.Testing;

namespace Culvert.Host.Demo;

/// <summary>
/// The demo where the system gives no namespaces and devices: the same two files and every stage of them but the two ends, which are in
/// memory, in this process. Client and server speak as much TCP as that needs. In order: both pipelines, the polls, the transfer, the
/// closing, the verdict.
/// </summary>
internal sealed class MemoryDemo : IDisposable
{
    private const int Polls = 100;
    private const int TransferMebibytes = 128;

    private static readonly byte[] _greeting = Encoding.ASCII.GetBytes(WebServer.Greeting);

    private readonly MemoryEndpoint _monitorHost = MemoryEndpoint.HostEnd();
    private readonly MemoryEndpoint _gatewayHost = MemoryEndpoint.HostEnd();
    private readonly MemoryEndpoint _monitorWan;
    private readonly MemoryEndpoint _gatewayWan;
    private readonly WanTraffic _traffic = new();
    private readonly Pipeline _monitor;
    private readonly Pipeline _gateway;
    private volatile bool _watches = true;

    private MemoryDemo(DemoSites sites)
    {
        _monitorWan = WanEnd(DemoNetwork.MonitorWanAddress);
        _gatewayWan = WanEnd(DemoNetwork.GatewayWanAddress);
        _monitorWan.Sink = (message, _) => Carry(message, DemoNetwork.MonitorWanAddress, DemoNetwork.GatewayWanAddress, _gatewayWan);
        _gatewayWan.Sink = (message, _) => Carry(message, DemoNetwork.GatewayWanAddress, DemoNetwork.MonitorWanAddress, _monitorWan);
        var loader = new PipelineLoader(PluginStore.BesideProgram());
        var (monitor, gateway) = (Plan(loader, sites.MonitorFile), Plan(loader, sites.GatewayFile));
        _gateway = Pipeline.Start(gateway, Ends(_gatewayHost, _gatewayWan));
        _monitor = Pipeline.Start(monitor, Ends(_monitorHost, _monitorWan));
    }

    /// <summary>Runs the whole demo.</summary>
    /// <param name="folder">A private folder for keys and files; the caller removes it.</param>
    /// <param name="output">Where the person reads.</param>
    /// <param name="cancel">Ends it early.</param>
    /// <returns>True when everything was observed.</returns>
    /// <exception cref="DemoException">It could not go on.</exception>
    public static async Task<bool> RunAsync(string folder, TextWriter output, CancellationToken cancel)
    {
        var report = new DemoReport(output);
        var sites = DemoSites.Write(folder);
        await report.ChainAsync(sites.GatewayFile, cancel);
        using var demo = new MemoryDemo(sites);
        await demo.RunAsync(report, cancel);
        return report.Conclude();
    }

    public void Dispose()
    {
        _monitor.Dispose();
        _gateway.Dispose();
    }

    private static MemoryEndpoint WanEnd(IPAddress address) =>
        MemoryEndpoint.NetworkEnd(DatagramEndpoint.FromBytes(address.GetAddressBytes(), DemoSites.WireGuardPort), DemoNetwork.WanMtu);

    private static PipelineOptions Ends(MemoryEndpoint host, MemoryEndpoint wan) => new() { HostEnd = _ => host, NetworkEnd = _ => wan };

    private static PipelinePlan Plan(PipelineLoader loader, string file)
    {
        var loaded = loader.Load(file);
        return loaded.Plan ?? throw new DemoException(string.Join(Environment.NewLine, loaded.Diagnostics));
    }

    // Each site's outbound loop sends one after the other, but both may at the same time.
    private void Carry(ReadOnlySpan<byte> message, IPAddress from, IPAddress to, MemoryEndpoint receiver)
    {
        if (_watches)
        {
            lock (_traffic)
            {
                _traffic.Note(from, to, message, _greeting);
            }
        }

        receiver.Inject(message, DatagramEndpoint.FromBytes(from.GetAddressBytes(), DemoSites.WireGuardPort));
    }

    private async Task RunAsync(DemoReport report, CancellationToken cancel)
    {
        var content = new DemoContent(TransferMebibytes);
        var server = new MemoryWebServer(_gatewayHost, content);
        var client = new MemoryWebClient(_monitorHost, _monitor.GetStatus().Mtu) { Keeps = true };
        var wanted = Convert.ToHexStringLower(SHA256.HashData(_greeting));
        for (var i = 0; i < Polls; i++)
        {
            if ((await client.GetAsync("/", _greeting.Length, cancel)).Sha256 != wanted)
            {
                throw new DemoException("the web server's answer came back changed");
            }
        }

        client.Keeps = false;
        _watches = false;
        lock (_traffic)
        {
            report.Handshake(_traffic);
        }

        report.Polls(Polls, server.SynAcks, client.Received);
        report.Transfer("TCP in memory", await client.GetAsync("/file", content.Length, cancel), content);
        report.Refused("Client and server", client.BadChecksums + server.BadChecksums);
        report.Counted("the monitor's site", StatusText.Render(StatusJson.Write(_monitor.GetStatus())));
        report.Counted("the gateway", StatusText.Render(StatusJson.Write(_gateway.GetStatus())));
    }
}
