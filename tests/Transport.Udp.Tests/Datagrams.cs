namespace Transport.Udp.Tests;

/// <summary>Datagrams of given sizes with contents that differ.</summary>
internal static class Datagrams
{
    public static byte[][] Of(params int[] sizes)
    {
        var random = new Random(sizes.Length);
        return [.. sizes.Select(size =>
        {
            var bytes = new byte[size];
            random.NextBytes(bytes);
            return bytes;
        })];
    }
}
