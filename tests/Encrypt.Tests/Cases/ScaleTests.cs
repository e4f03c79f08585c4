using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Culvert.Plugins.Encrypt;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Uapi;
using Culvert.Testing;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>
/// Changes and looks cost as much as there is to change or to show. Allocated bytes are judged, as they are the same each time; times are printed.
/// </summary>
public sealed class ScaleTests(ITestOutputHelper output) : IDisposable
{
    private readonly TunnelPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public void A_request_costs_what_it_changes_however_many_peers_there_are()
    {
        var keys = Keys(20_000);
        var added = 0;
        long CostAmong(int peers)
        {
            for (; added < peers; added++)
            {
                Set($"public_key={keys[added]}\nallowed_ip={Address(added)}/32\n");
            }

            return Cost(keys[0]);
        }

        CostAmong(2_000);
        var few = CostAmong(2_000);
        Assert.InRange(CostAmong(20_000), 1, few * 3 / 2);
    }

    [Fact]
    public void A_request_costs_what_it_changes_however_many_prefixes_a_peer_has()
    {
        var keys = Keys(1);
        long CostAmong(int prefixes)
        {
            Set($"public_key={keys[0]}\n" + string.Concat(Enumerable.Range(0, prefixes).Select(i => $"allowed_ip={Address(i)}/32\n")));
            return Cost(keys[0]);
        }

        CostAmong(2_000);
        var few = CostAmong(2_000);
        Assert.InRange(CostAmong(20_000), 1, few * 3 / 2);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(10_000)]
    public void Peers_are_added_one_by_one(int peers)
    {
        var keys = Keys(peers);
        Measure("added", () =>
        {
            for (var i = 0; i < peers; i++)
            {
                Set($"public_key={keys[i]}\nallowed_ip={Address(i)}/32\n");
            }
        });
        Assert.Equal(peers + 1, _pair.Left.Tunnel.Peers.Snapshot.Count);
        Measure("removed", () =>
        {
            for (var i = 0; i < peers; i++)
            {
                Set($"public_key={keys[i]}\nremove=true\n");
            }
        });
        Assert.Single(_pair.Left.Tunnel.Peers.Snapshot);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(10_000)]
    public void Prefixes_move_between_two_peers(int prefixes)
    {
        var keys = Keys(2);
        var all = string.Concat(Enumerable.Range(0, prefixes).Select(i => $"allowed_ip={Address(i)}/32\n"));
        Measure("assigned in one request", () => Set($"public_key={keys[0]}\n{all}"));
        Measure("moved in one request", () => Set($"public_key={keys[1]}\n{all}"));
        Measure("moved one by one", () =>
        {
            for (var i = 0; i < prefixes; i++)
            {
                Set($"public_key={keys[0]}\nallowed_ip={Address(i)}/32\n");
            }
        });
        Assert.True(_pair.Left.Tunnel.Peers.TryGet(new PublicKey(Convert.FromHexString(keys[0])), out var owner));
        Assert.Equal(prefixes, owner.AllowedIps.Count);
        // A set: in a list each prefix that is removed would be searched for.
        Assert.IsAssignableFrom<IReadOnlySet<IPNetwork>>(owner.Prefixes);
        Assert.Same(owner, _pair.Left.Tunnel.Peers.Routes.Lookup(BitConverter.ToUInt32([.. IPAddress.Parse(Address(prefixes - 1)).GetAddressBytes().Reverse()])));
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(10_000)]
    public void Options_are_validated_applied_and_shown(int peers)
    {
        var options = _pair.Left.Options with
        {
            Peers = [.. Keys(peers).Select((key, i) => new PeerOptions
            {
                PublicKey = new PublicKey(Convert.FromHexString(key)),
                PresharedKey = InlineKey.FromBytes(Convert.FromHexString(key)),
                AllowedIps = [IPNetwork.Parse($"{Address(i)}/32")],
            })],
        };
        var report = new OptionsRecorder();
        Measure("validated", () => EncryptStage.Validate(options, report));
        Assert.Empty(report.Findings);
        Measure("applied", () => _pair.Left.Reload(options));
        Assert.Equal(peers, _pair.Left.Tunnel.Peers.Snapshot.Count);
        Measure("shown", () => Assert.Equal(peers, _pair.Left.Harness.Stage.GetStatus()!["peers"]!.AsArray().Count));
        using var response = new WipedBuffer();
        Measure("written for wg", () => GetResponse.Write(_pair.Left.Tunnel, response));
    }

    private static string[] Keys(int count)
    {
        var keys = new string[count];
        Parallel.For(0, count, i =>
        {
            using var key = X25519Key.Generate();
            keys[i] = Convert.ToHexStringLower(key.PublicKey);
        });
        return keys;
    }

    private static string Address(int i) => string.Create(CultureInfo.InvariantCulture, $"10.{1 + (i >> 16)}.{i >> 8 & 255}.{i & 255}");

    private void Set(string lines)
    {
        Assert.Equal(UapiErrno.None, SetRequest.Parse(Encoding.ASCII.GetBytes(lines + "\n"), out var request));
        using (request)
        {
            Assert.Equal(UapiErrno.None, TunnelEditor.Apply(_pair.Left.Tunnel, request!));
        }
    }

    /// <summary>Bytes allocated by some requests that move one prefix in and out.</summary>
    private long Cost(string key)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Set($"public_key={key}\nallowed_ip=192.0.2.1/32\n");
            Set($"public_key={key}\nallowed_ip=-192.0.2.1/32\n");
        }

        var cost = GC.GetAllocatedBytesForCurrentThread() - before;
        output.WriteLine($"{cost / 200} bytes a request");
        return cost;
    }

    private void Measure(string what, Action work)
    {
        var began = Stopwatch.GetTimestamp();
        work();
        output.WriteLine($"{what}: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");
    }
}
