using System.Text.Json.Nodes;
using System.Xml.Linq;
using VerifyXunit;

namespace Tools.Tests.Cases;

/// <summary><c>culvert test</c>: what passes, what fails and how it is printed, and files that are wrong.</summary>
public sealed class TestCommandTests : IDisposable
{
    private const string Syn = "{tcp: {from: 10.80.0.112:80, to: 172.18.128.9:42319, flags: SA, mss: 8961}}";
    private const string Stages = "  - {stage: mss-clamp, mss: {ipv4: 1405, ipv6: 1385}}\n  - {stage: checksum-guard}";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory(DisplayName = "Expectations that hold")]
    [InlineData($"in: {Syn}, out: {{tcp.mss: 1405, checksums: valid, unchanged: false}}")]
    [InlineData($"in: {Syn}, out: {{tcp: {{mss: 1405, flags: S., from: 10.80.0.112:80}}, matches: tcp src port 80}}")]
    [InlineData($"in: [{Syn}, {{udp: {{from: 10.0.0.1:1, to: 10.0.0.2:2}}, at: 2s}}], out: [{{tcp.mss: 1405}}, unchanged]")]
    [InlineData($"in: {Syn}, with: {{mss-clamp: {{mss: 1360}}}}, out: {{tcp.mss: 1360}}")]
    [InlineData($"in: {Syn}, with: {{mss-clamp: {{enabled: false}}}}, out: unchanged")]
    [InlineData($"in: [{Syn}, {{udp: {{from: 10.0.0.1:1, to: 10.0.0.2:2, checksum: 1}}}}], out: {{tcp.mss: 1405}}, dropped-by: checksum-guard")]
    [InlineData($"in: {Syn}, direction: inbound, counters: {{mss-clamp: {{clamped: 1, \"clamped (inbound, ipv4)\": 1, not-tcp: 0}}}}")]
    [InlineData("in: {udp: {from: 10.0.0.1:1, to: 10.0.0.2:2, checksum: 1}}, dropped-by: checksum-guard, reason: bad-checksum")]
    [InlineData("in: {udp: {from: 10.0.0.1:1, to: 10.0.0.2:2, checksum: 1}}, dropped-by: checksum-guard, reason: \"bad-checksum (outbound, udp)\"")]
    [InlineData("in: {udp: {from: 10.0.0.1:1, to: 10.0.0.2:2, checksum: 1}}, out: none, emits: []")]
    [InlineData("in: {icmp: {from: \"2001:db8::1\", to: \"2001:db8::2\", id: 7, seq: 9}, ip: {ttl: 3, dscp: 46}}, out: {ip: {ttl: 3, dscp: 46}, icmp: {id: 7, seq: 9, type: 128}}")]
    [InlineData("in: {hex: 45000014000000004006aaaa0a0000010a000002}, dropped-by: checksum-guard")]
    [InlineData($"steps: [{{in: {Syn}, out: {{tcp.mss: 1405}}}}, {{at: 3s, direction: inbound, in: {Syn}, out: {{tcp.mss: 1405}}}}], counters: {{mss-clamp: {{clamped: 2}}}}")]
    [InlineData($"in: {Syn}, twin: true, out: {{tcp.mss: 1405}}, counters: {{site-a.mss-clamp: {{clamped: 1}}, site-b.mss-clamp: {{already-small: 1}}}}")]
    [InlineData("in: {udp: {from: 10.0.0.1:1, to: 10.0.0.2:2, checksum: 1}}, twin: true, dropped-by: site-a.checksum-guard, reason: bad-checksum")]
    public async Task Passes(string keys)
    {
        var (code, output, error) = await CommandLine.Run("test", Write(keys));
        Assert.Equal((0, "1 passed, 0 failed\n", ""), (code, output, error));
    }

    [Theory(DisplayName = "Expectations that do not hold, with the place of the one")]
    [InlineData($"in: {Syn}, out: {{tcp.mss: 1406}}", "tcp.mss: expected 1406, found 1405")]
    [InlineData($"in: {Syn}, out: {{tcp.mss: none}}", "tcp.mss: expected none, found 1405")]
    [InlineData($"in: {Syn}, out: {{checksums: invalid}}", "checksums: expected invalid, found IPv4 correct, TCP correct")]
    [InlineData($"in: {Syn}, out: unchanged", "expected the packet unchanged, found MSS 8961 → 1405, TCP checksum 9e4d → bbd1")]
    [InlineData($"in: {Syn}, out: none", "expected 0 packets to leave, found 1")]
    [InlineData($"in: {Syn}, out: [unchanged, unchanged]", "expected 2 packets to leave, found 1")]
    [InlineData($"in: {Syn}, out: {{matches: udp}}", "matches: 'udp' does not match TCP")]
    [InlineData($"in: {Syn}, emits: [{{by: mss-clamp}}]", "expected stages to make 1 packet, found 0")]
    [InlineData($"in: {Syn}, dropped-by: checksum-guard", "expected a drop by checksum-guard, but the packet left")]
    [InlineData($"in: {Syn}, counters: {{mss-clamp: {{clamped: 2}}}}", "mss-clamp: clamped: expected 2, found 1")]
    [InlineData($"in: {Syn}, counters: {{mss-clamp: {{clampd: 2}}}}", "'mss-clamp' has no counter 'clampd'; did you mean 'clamped'?")]
    [InlineData("in: {udp: {from: 10.0.0.1:1, to: 10.0.0.2:2, checksum: 1}}, out: {length: 28}", "expected the packet to leave, but checksum-guard dropped it as bad-checksum (outbound, udp)")]
    [InlineData("in: {udp: {from: 10.0.0.1:1, to: 10.0.0.2:2, checksum: 1}}, out: unchanged, dropped-by: checksum-guard", "expected a packet to leave, but none did: checksum-guard dropped it as bad-checksum")]
    [InlineData("in: {udp: {from: 10.0.0.1:1, to: 10.0.0.2:2, checksum: 1}}, dropped-by: checksum-guard, reason: bad", "expected a drop by checksum-guard as bad, but checksum-guard dropped it as bad-checksum (outbound, udp)")]
    [InlineData($"in: {Syn}, twin: true, out: {{tcp.mss: 1}}", "tcp.mss: expected 1, found 1405")]
    [InlineData($"in: {Syn}, snapshot: none.txt", "the snapshot cannot be read")]
    public async Task Fails(string keys, string message)
    {
        var file = Write(keys);
        var (code, output, error) = await CommandLine.Run("test", file);
        Assert.Equal((1, ""), (code, error));
        Assert.Matches($@"{file}\(10,\d+\): ", output);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.EndsWith("\n0 passed, 1 failed\n", output, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Files that are wrong")]
    [InlineData($"in: {Syn}", "the test 'one' expects nothing; add out,")]
    [InlineData("out: none", "no packet comes in in the test 'one'; add in: PACKET")]
    [InlineData($"in: {Syn}, out: {{tcp.mms: 3}}", "unknown field 'tcp.mms'; did you mean 'tcp.mss'?")]
    [InlineData($"in: {Syn}, out: {{tcp.mss: many}}", "'tcp.mss' is 'many'; write a number, or none")]
    [InlineData($"in: {Syn}, out: {{matches: tpc}}", "'matches': 'tpc'")]
    [InlineData($"in: {Syn}, dropped-by: guard", "no stage 'guard' runs in the test 'one'; the stages are mss-clamp, checksum-guard")]
    [InlineData($"in: {Syn}, dropped-by: checksum-gard", "did you mean 'checksum-guard'?")]
    [InlineData($"in: {Syn}, out: none, reason: hot", "'reason' without 'dropped-by'; add dropped-by: STAGE")]
    [InlineData($"in: {Syn}, out: none, with: {{mss-clam: {{mss: 1}}}}", "the pipeline has no entry 'mss-clam'; did you mean 'mss-clamp'?")]
    [InlineData($"in: {Syn}, out: none, with: {{mss-clamp: {{mss: 1}}}}", "mss: 1 is too small")]
    [InlineData("in: {tcp: {from: 10.0.0.1:1, to: 10.0.0.2:2}, hex: 45}, out: none", "the packet is not of one kind; write one of tcp, udp, icmp, hex and capture")]
    [InlineData("in: {tcp: {from: 10.0.0.1:1, to: \"[::1]:2\"}}, out: none", "'from' and 'to' are of two families")]
    [InlineData("in: {capture: none.pcap, frame: 1}, out: none", "the capture cannot be read")]
    [InlineData("in: {hex: 4g}, out: none", "'g' is no hexadecimal digit")]
    [InlineData($"in: {Syn}, outt: none", "unknown key 'outt'; did you mean 'out'?")]
    public async Task IsWrong(string keys, string message)
    {
        var file = Write(keys);
        var (code, output, error) = await CommandLine.Run("test", file);
        Assert.Equal((2, "0 passed, 0 failed\n"), (code, output));
        Assert.Matches($@"{file}\(10,\d+\): error CV1", error);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_is_printed_with_the_packets_way()
    {
        var (_, output, _) = await CommandLine.Run("test", Write($"in: {Syn}, out: {{tcp.mss: 1406, tcp.seq: 2}}"));
        await Verifier.Verify(output.Replace(_folder.Path, "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_folders_test_files_run_but_those_of_builds()
    {
        foreach (var place in new[] { "a", "bin", "obj", "artifacts", ".hidden" })
        {
            Directory.CreateDirectory(_folder.File(place));
            Write($"in: {Syn}, out: {{tcp.mss: 1405}}", $"{place}/x.test.yaml");
        }

        Write("fails", "not-a-test.yaml");
        Assert.Equal((0, "1 passed, 0 failed\n"), await CodeAndOutput("test", _folder.Path));
        var none = await CommandLine.Run("test", _folder.File("bin/none"));
        Assert.Equal(2, none.Code);
    }

    [Fact]
    public async Task A_wrong_file_does_not_hide_the_results_of_others()
    {
        Write($"in: {Syn}, out: {{tcp.mss: 1406}}", "a.test.yaml");
        Write("wrong: key", "b.test.yaml");
        Write($"in: {Syn}, out: {{tcp.mss: 1405}}", "c.test.yaml");
        var (code, output, error) = await CommandLine.Run("test", _folder.Path);
        Assert.Equal(2, code);
        Assert.EndsWith("\n1 passed, 1 failed\n", output, StringComparison.Ordinal);
        Assert.Contains("unknown key 'wrong'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frame_of_a_capture_comes_in()
    {
        var packet = Culvert.Testing.PacketBuilder.Ipv4().Ethernet(7).Tcp(flags: Culvert.Wire.TcpFlags.Syn).Mss(8961).Build();
        var capture = Captures.CaptureBytes.Pcap(bigEndian: false, nanoseconds: false, 1).PcapRecord(1, 0, [1, 2]).PcapRecord(2, 0, packet);
        _folder.Write("a.pcap", capture.ToArray());
        Assert.Equal((0, "1 passed, 0 failed\n"), await CodeAndOutput("test", Write("in: {capture: a.pcap, frame: 2}, out: {tcp.mss: 1405}")));
        var other = await CommandLine.Run("test", Write("in: {capture: a.pcap, frame: 3}, out: {tcp.mss: 1405}"));
        Assert.Contains("the capture has 2 frames", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_writes_the_snapshot_that_is_compared_then()
    {
        var file = Write($"in: {Syn}, snapshot: s.txt");
        Assert.Equal(0, (await CommandLine.Run("test", file, "--update")).Code);
        Assert.Contains("mss-clamp       MSS 8961 → 1405", await File.ReadAllTextAsync(_folder.File("s.txt")), StringComparison.Ordinal);
        Assert.Equal(0, (await CommandLine.Run("test", file)).Code);
        await File.WriteAllTextAsync(_folder.File("s.txt"), (await File.ReadAllTextAsync(_folder.File("s.txt"))).Replace("1405", "1406", StringComparison.Ordinal));
        var (code, output, _) = await CommandLine.Run("test", file);
        Assert.Equal(1, code);
        Assert.Contains("the snapshot differs in line 6; --update writes it anew\n    -   mss-clamp       MSS 8961 → 1406\n    +   mss-clamp       MSS 8961 → 1405", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pipeline.yaml")]
    [InlineData("one.test.yaml")]
    [InlineData("a.pcap")]
    [InlineData("site.key")]
    public async Task Update_never_writes_over_what_the_test_reads(string name)
    {
        var packet = Culvert.Testing.PacketBuilder.Ipv4().Tcp(flags: Culvert.Wire.TcpFlags.Syn).Mss(8961).Build();
        _folder.Write("a.pcap", Captures.CaptureBytes.Pcap(bigEndian: false, nanoseconds: false, 101).PcapRecord(1, 0, packet).ToArray());
        Doctoring.FileCheckTests.Write(_folder, "[10.99.0.1/24]", "", "allowed-ips: [10.99.0.2/32]");
        var file = _folder.Write("one.test.yaml", $$"""
            pipeline: pipeline.yaml
            tests:
              - {name: one, in: {capture: a.pcap, frame: 1}, snapshot: {{name}}}
            """);
        var before = await File.ReadAllBytesAsync(_folder.File(name));
        var (code, output, _) = await CommandLine.Run("test", file, "--update");
        Assert.Equal(1, code);
        Assert.Contains("is a file that is read", output, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.File(name)));
    }

    [Fact]
    public async Task Junit_and_json_say_the_same()
    {
        Write($"in: {Syn}, out: {{tcp.mss: 1406}}", "a.test.yaml");
        Write($"in: {Syn}, out: {{tcp.mss: 1405}}", "b.test.yaml");
        Write("wrong: key", "c.test.yaml");
        var junit = XDocument.Parse((await CommandLine.Run("test", _folder.Path, "--format", "junit")).Output).Root!;
        Assert.Equal(("3", "1", "1"), ((string)junit.Attribute("tests")!, (string)junit.Attribute("failures")!, (string)junit.Attribute("errors")!));
        Assert.Equal("tcp.mss: expected 1406, found 1405", (string)junit.Descendants("failure").Single().Attribute("message")!);
        var json = JsonNode.Parse((await CommandLine.Run("test", _folder.Path, "--format", "json")).Output)!;
        Assert.Equal((1, 1), (json["passed"]!.GetValue<int>(), json["failed"]!.GetValue<int>()));
        Assert.Equal("tcp.mss: expected 1406, found 1405", (string?)json["tests"]![0]!["failures"]![0]!["message"]);
        Assert.Equal("CV1101", (string?)json["diagnostics"]![0]!["code"]);
    }

    [Fact]
    public async Task Junit_of_a_file_with_a_control_character_in_its_name_is_XML()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names");
        foreach (var keys in new[] { $"in: {Syn}, out: {{tcp.mss: 1406}}", "wrong: key" })
        {
            var (_, output, _) = await CommandLine.Run("test", Write(keys, "a\u0001.test.yaml"), "--format", "junit");
            Assert.EndsWith("a?.test.yaml", (string)XDocument.Parse(output).Root!.Element("testsuite")!.Attribute("name")!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_schema_names_every_key()
    {
        var schema = JsonNode.Parse((await CommandLine.Run("schema", "--tests")).Output)!;
        var test = schema["properties"]!["tests"]!["items"]!["properties"]!.AsObject().Select(key => key.Key).Order();
        Assert.Equal(
            ["at", "counters", "direction", "dropped-by", "emits", "in", "name", "out", "pipeline", "reason", "snapshot", "steps", "twin", "with"], test);
    }

    // The test's keys are line 10 of the file.
    private string Write(string keys, string name = "one.test.yaml") => _folder.Write(name, $$"""
        pipeline:
          plugin-paths: ["{{CommandLine.Plugins}}"]
          stages:
          - {stage: tun, device: culvert0, addresses: [10.99.0.1/30]}
        {{Stages}}
          - {stage: plaintext}
          - {stage: udp, listen: "0.0.0.0:7000", peer: "203.0.113.7:7000"}
        tests:
          - {name: one, {{keys}}}
        """);

    private static async Task<(int Code, string Output)> CodeAndOutput(params string[] arguments)
    {
        var (code, output, _) = await CommandLine.Run(arguments);
        return (code, output);
    }
}
