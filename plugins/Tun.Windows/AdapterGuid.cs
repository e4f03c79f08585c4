using System.Security.Cryptography;
using System.Text;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>
/// The adapter's GUID: always the same for the same name, so that Windows recognises the adapter at every start and keeps what a person
/// set for its network. A name-based UUID of version 5 (RFC 9562 section 5.5) in a name space of Culvert's own. Pure.
/// </summary>
internal static class AdapterGuid
{
    private const int Version = 5;

    private static readonly Guid NameSpace = new("5f2d1c9e-64a0-4e39-8b0e-6d1f6f0c7a11");

    /// <summary>The GUID of an adapter's name; names that differ in case only are one name to Windows.</summary>
    public static Guid For(string name)
    {
        var text = Encoding.UTF8.GetBytes(name.ToUpperInvariant());
        byte[] input = [.. NameSpace.ToByteArray(bigEndian: true), .. text];
        // RFC 9562 prescribes SHA-1; nothing here has to be hard to forge.
#pragma warning disable CA5350
        var bytes = SHA1.HashData(input).AsSpan(0, 16);
#pragma warning restore CA5350
        bytes[6] = (byte)((bytes[6] & 0x0F) | (Version << 4));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
