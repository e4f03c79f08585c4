using System.Diagnostics;
using Culvert.Host.Output;
using Culvert.Tools.Captures;
using Culvert.Tools.Replay;
using Culvert.Wire;

namespace Culvert.Host.Demo;

/// <summary>
/// The demo where the system permits no namespaces and devices: the gateway's file as both sites of a twin replay, in memory and on a clock
/// of its own. The web server's packets are the SYN/ACKs of the report that Culvert began with, each to another port, and the segments of a
/// file.
/// </summary>
internal static class TwinDemo
{
    private const int Polls = 100;
    private const int FileBlocks = 16;
    private const ushort FirstPort = 42_000;
    private const long Interval = 20_000; // ns
    private const string OriginSynAck = "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268dfe7710000020423010402080a0862af40081b5bcd01030307";

    /// <inheritdoc cref="NamespaceDemo.RunAsync"/>
    public static Task<bool> RunAsync(string folder, TextWriter output, CancellationToken cancel)
    {
        var report = new DemoReport(output);
        var plan = DemoReport.Plan(DemoSites.Write(folder).GatewayFile);
        report.Chain(plan);
        var (entering, leaving) = (Path.Combine(folder, "entering.pcap"), Path.Combine(folder, "leaving.pcap"));
        WritePackets(entering, plan.Stages[0].Mtu);

        var began = Stopwatch.GetTimestamp();
        TwinReport twin;
        using (var written = CaptureWriter.Create(leaving, nanoseconds: true))
        using (var capture = CaptureReader.Open(entering))
        using (var replayer = new TwinReplayer(plan, new TwinConditions(), written))
        {
            replayer.Run(capture, cancellation: cancel);
            twin = replayer.Report;
        }

        var time = Stopwatch.GetElapsedTime(began);
        cancel.ThrowIfCancellationRequested();
        report.Observe(twin is { Failure: null, OverMtu: 0 } && twin.There.Sent > Polls && twin.Back.Sent > 0, "the sites shook hands, and datagrams crossed the link");
        report.Polls(Polls, [.. Packets(entering).Take(Polls)], [.. Packets(leaving).Take(Polls)]);
        report.Transfer(
            "TCP segments in memory", Download.Expect(Packets(leaving).Skip(Polls).Select(Payload)) with { Time = time }, Download.Expect(Web.File().Take(FileBlocks)));
        report.Title("What each stage counted");
        using var text = new StringWriter();
        TwinText.Write(twin, new ReplayRequest("the web server's packets", null, default, OutputFormat.Text, new TwinConditions(), "pipeline.yaml"), text);
        report.Indent(text.ToString());
        report.NoteGuard(twin.SiteA.Concat(twin.SiteB).SelectMany(stage => stage.Counters));
        return Task.FromResult(report.Conclude());
    }

    private static void WritePackets(string path, int mtu)
    {
        using var capture = CaptureWriter.Create(path, nanoseconds: true);
        var device = capture.AddInterface("the web server", LinkType.RawIp);
        var time = 0L;
        void Write(ReadOnlySpan<byte> packet) => capture.Write(device, time += Interval, packet, [], packet.Length);
        var synAck = Convert.FromHexString(OriginSynAck);
        IpView.TryParse(synAck, out var ip);
        TcpView.TryParse(ip.Transport, out var tcp);
        ip.SetDestination(IpAddressValue.From(DemoNetwork.MonitorTunnelAddress));
        for (var i = 0; i < Polls; i++)
        {
            // Sequence numbers far apart, so that the checksums are too.
            ip.DestinationPort = (ushort)(FirstPort + i);
            tcp.Sequence = (uint)i * 0x9E37_79B9;
            Write(synAck);
        }

        const int Headers = Ipv4View.MinimumHeaderLength + TcpView.MinimumHeaderLength;
        var segment = new byte[mtu];
        var sequence = 0u;
        foreach (var part in Web.File().Take(FileBlocks).SelectMany(block => block.Chunk(mtu - Headers)))
        {
            part.CopyTo(segment, Headers);
            var header = IpView.Write(segment, ip.Source, ip.Destination, IpProtocol.Tcp, TcpView.MinimumHeaderLength + part.Length);
            TcpView.Write(header.Transport, tcp.SourcePort, FirstPort, sequence, acknowledgment: 0, TcpFlags.Ack, tcp.Window, header.PseudoHeaderSum());
            Write(segment.AsSpan(0, Headers + part.Length));
            sequence += (uint)part.Length;
        }
    }

    private static IEnumerable<byte[]> Packets(string path)
    {
        using var capture = CaptureReader.Open(path);
        while (capture.TryRead(out var record))
        {
            yield return record.Data.ToArray();
        }
    }

    private static byte[] Payload(byte[] packet) =>
        IpView.TryParse(packet, out var ip) && TcpView.TryParse(ip.Transport, out var tcp) ? tcp.Payload.ToArray() : [];
}
