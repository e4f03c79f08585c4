using Culvert.Plugins.Encrypt.WireGuard;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Culvert.Plugins.Encrypt.WireGuard.Uapi;
using Culvert.Stages;

namespace Culvert.Plugins.Encrypt;

/// <summary>Creates the tunnel of an entry, and follows the entry when its options change.</summary>
internal static class TunnelBuilder
{
    /// <summary>Finds the entry's tunnel or creates it. An existing tunnel takes the options once the new chain runs.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="context">The lane's context.</param>
    /// <exception cref="StageStartException">A key file has changed since it was validated.</exception>
    public static TunnelEntry Open(EncryptOptions options, IStageContext context)
    {
        var created = false;
        var entry = context.State(StateName(options), own =>
        {
            created = true;
            return new TunnelEntry(Build(options, new StageTunnelHost(own))) { FilePeers = TunnelSettings.PeersOf(options) };
        });
        if (!created && context.Lane == 0)
        {
            var settings = TunnelSettings.Read(options);
            context.Post(() => Apply(entry, settings, options));
        }

        return entry;
    }

    /// <summary>The name of the entry's tunnel: another suite cannot open what was sealed before, so it is another tunnel.</summary>
    public static string StateName(EncryptOptions options) => $"tunnel {options.Suite} {options.CipherLibrary}";

    /// <summary>Creates a tunnel with its peers. Called before any packet.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="host">The program around the tunnel.</param>
    /// <exception cref="StageStartException">A key file has changed since it was validated.</exception>
    public static Tunnel Build(EncryptOptions options, ITunnelHost host)
    {
        using var settings = TunnelSettings.Read(options);
        var cipher = CipherChooser.Choose(CipherSuite.Get(options.Suite), options.CipherLibrary, host.Lanes, host.Logger);
        var tunnel = new Tunnel(host, cipher, settings.CreateIdentity(), options.RekeyAfter);
        settings.Apply(tunnel);
        _ = host.TryPost(() => Begin(tunnel, options));
        return tunnel;
    }

    /// <summary>Opens the socket for <c>wg</c>, if the options enable it.</summary>
    /// <exception cref="StageStartException">The socket cannot be opened, or has no name.</exception>
    public static UapiServer? Serve(Tunnel tunnel, EncryptOptions options, IStageContext context)
    {
        if (!options.Uapi.IsOn)
        {
            return null;
        }

        var name = options.Uapi.Name ?? context.Plan.Host.Device ?? throw new StageStartException(
            "uapi: true uses the device name of the host endpoint, and this host endpoint has none", "write uapi: NAME");
        try
        {
            return new UapiServer(tunnel, name);
        }
        catch (IOException error)
        {
            throw new StageStartException(
                $"cannot serve {UapiServer.PathOf(name)}: {error.Message}", "run as a user that may write there, or set uapi: false", error);
        }
    }

    private static void Begin(Tunnel tunnel, EncryptOptions options)
    {
        foreach (var peer in tunnel.Peers.All)
        {
            // The device has its routes only now.
            peer.OwnRoute.Look();
        }

        TunnelSettings.StartKeepalives(tunnel, options);
    }

    private static void Apply(TunnelEntry entry, TunnelSettings settings, EncryptOptions options)
    {
        using (settings)
        {
            settings.Apply(entry.Tunnel);
            entry.FilePeers = TunnelSettings.PeersOf(options);
        }

        TunnelSettings.StartKeepalives(entry.Tunnel, options);
    }
}
