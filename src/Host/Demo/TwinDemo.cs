using System.Diagnostics;
using System.Security.Cryptography;
using Culvert.Host.Output;
using Culvert.Tools.Captures;
using Culvert.Tools.Replay;
using Culvert.Wire;

namespace Culvert.Host.Demo;

/// <summary>
/// The demo where the system permits no namespaces and devices: the gateway's file as both sites of a twin replay, in memory and on a clock
/// of its own. The web server's packets are written by hand: the SYN/ACKs of the report that Culvert began with, each on another port, and
/// the segments of a file.
/// </summary>
internal static class TwinDemo
{
    private const int Polls = 100;
    private const int FileBlocks = 16;
    private const int FirstPort = 42_000;
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
        report.Polls(Polls, [.. SynAcks(entering)], [.. SynAcks(leaving)]);
        var wanted = Download.Expect(Web.File().Take(FileBlocks));
        report.Transfer("TCP segments in memory", Payloads(leaving) with { Time = time }, wanted);
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
        var template = Convert.FromHexString(OriginSynAck);
        var time = 0L;
        void Write(ReadOnlySpan<byte> packet) => capture.Write(device, time += Interval, packet, [], packet.Length);
        for (var i = 0; i < Polls; i++)
        {
            // Sequence numbers far apart, so that the checksums are too.
            Finish(template, FirstPort + i, unchecked((uint)i * 0x9E37_79B9));
            Write(template);
        }

        var segment = new byte[mtu];
        var sequence = 0u;
        foreach (var block in Web.File().Take(FileBlocks))
        {
            for (var sent = 0; sent < block.Length;)
            {
                var part = block.AsSpan(sent, Math.Min(block.Length - sent, mtu - Ipv4View.MinimumHeaderLength - TcpView.MinimumHeaderLength));
                Write(Segment(segment, template, part, sequence));
                sent += part.Length;
                sequence += (uint)part.Length;
            }
        }
    }

    private static Span<byte> Segment(byte[] buffer, byte[] template, ReadOnlySpan<byte> payload, uint sequence)
    {
        const int Headers = Ipv4View.MinimumHeaderLength + TcpView.MinimumHeaderLength;
        template.AsSpan(0, Headers).CopyTo(buffer);
        payload.CopyTo(buffer.AsSpan(Headers));
        var packet = buffer.AsSpan(0, Headers + payload.Length);
        Ipv4View.TryParse(buffer, out var ip);
        ip.SetRawTotalLength((ushort)packet.Length);
        TcpView.TryParse(packet[Ipv4View.MinimumHeaderLength..], out var tcp);
        tcp.DataOffset = TcpView.MinimumHeaderLength / 4;
        tcp.Flags = TcpFlags.Ack;
        Finish(packet, FirstPort, sequence);
        return packet;
    }

    private static void Finish(Span<byte> packet, int port, uint sequence)
    {
        const int DestinationOffset = 16;
        DemoNetwork.MonitorTunnelAddress.TryWriteBytes(packet[DestinationOffset..], out _);
        Ipv4View.TryParse(packet, out var header);
        header.FillHeaderChecksum();
        IpView.TryParse(packet, out var ip);
        TcpView.TryParse(ip.Transport, out var tcp);
        tcp.DestinationPort = (ushort)port;
        tcp.Sequence = sequence;
        tcp.Checksum = tcp.ComputeChecksum(ip.PseudoHeaderSum());
    }

    private static IEnumerable<CapturedPacket> SynAcks(string path)
    {
        var packets = new List<CapturedPacket>();
        using var capture = CaptureReader.Open(path);
        while (packets.Count < Polls && capture.TryRead(out var record))
        {
            packets.Add(new CapturedPacket(IsOutgoing: false, record.Data.ToArray()));
        }

        return packets;
    }

    private static Download Payloads(string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = 0L;
        using var capture = CaptureReader.Open(path);
        while (capture.TryRead(out var record))
        {
            if (IpView.TryParse(record.Data, out var ip) && TcpView.TryParse(ip.Transport, out var tcp) && (tcp.Flags & TcpFlags.Syn) == 0)
            {
                hash.AppendData(tcp.Payload);
                bytes += tcp.Payload.Length;
            }
        }

        return new Download(bytes, Convert.ToHexStringLower(hash.GetHashAndReset()), TimeSpan.Zero);
    }
}
