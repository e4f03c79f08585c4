namespace Culvert.Endpoints.Captures;

/// <summary>The numbers of the pcapng format, draft-ietf-opsawg-pcapng §3 and §4. All offsets and lengths are bytes.</summary>
internal static class PcapNgFormat
{
    // Blocks.
    public const uint SectionHeader = 0x0A0D0D0A;
    public const uint InterfaceDescription = 1;
    public const uint ObsoletePacket = 2;
    public const uint SimplePacket = 3;
    public const uint InterfaceStatistics = 5;
    public const uint EnhancedPacket = 6;
    public const uint DecryptionSecrets = 10;
    public const uint ByteOrderMagic = 0x1A2B3C4D;

    /// <summary>A length as a capture file stores it: what 32 bits cannot hold stays at their end.</summary>
    public static uint LengthOf(long length) => (uint)Math.Clamp(length, 0, uint.MaxValue);

    // Around every block's body: type and length in front, the length again behind.
    public const int BlockHeader = 8;
    public const int BlockTrailer = 4;
    public const int MinBlock = BlockHeader + BlockTrailer;

    /// <summary>The longest block that is read into memory; longer ones of unknown kinds are passed over in pieces.</summary>
    public const int MaxBlock = 16 * 1024 * 1024;

    // Section Header Block, from its body on.
    public const int SectionMagic = 0;
    public const int SectionMajor = SectionMagic + 4;
    public const int SectionMinor = SectionMajor + 2;
    public const int SectionLength = SectionMinor + 2;
    public const int SectionOptions = SectionLength + 8;

    // Interface Description Block.
    public const int InterfaceLinkType = 0;
    public const int InterfaceSnapLength = InterfaceLinkType + 4;
    public const int InterfaceOptions = InterfaceSnapLength + 4;

    // Enhanced Packet Block; the obsolete Packet Block differs only in its first word.
    public const int PacketInterface = 0;
    public const int PacketTimeHigh = PacketInterface + 4;
    public const int PacketTimeLow = PacketTimeHigh + 4;
    public const int PacketCaptured = PacketTimeLow + 4;
    public const int PacketOriginal = PacketCaptured + 4;
    public const int PacketData = PacketOriginal + 4;

    // Simple Packet Block.
    public const int SimpleOriginal = 0;
    public const int SimpleData = SimpleOriginal + 4;

    // Interface Statistics Block.
    public const int StatisticsInterface = 0;
    public const int StatisticsTimeHigh = StatisticsInterface + 4;
    public const int StatisticsTimeLow = StatisticsTimeHigh + 4;
    public const int StatisticsOptions = StatisticsTimeLow + 4;

    // Decryption Secrets Block; the type is WireGuard's key log (§4.7).
    public const int SecretsType = 0;
    public const int SecretsLength = SecretsType + 4;
    public const int SecretsData = SecretsLength + 4;
    public const uint WireGuardKeyLog = 0x57474B4C;

    // Options: code, length, value padded to 4 bytes.
    public const int OptionHeader = 4;
    public const ushort OptionEnd = 0;
    public const ushort OptionComment = 1;
    public const ushort OptionUserApplication = 4;
    public const ushort OptionInterfaceName = 2;
    public const ushort OptionPacketFlags = 2;
    public const ushort OptionInterfaceDescription = 3;
    public const ushort OptionReceived = 4;
    public const ushort OptionSkipped = 5;
    public const ushort OptionAccepted = 6;
    public const ushort OptionTimeResolution = 9;
    public const ushort OptionTimeOffset = 14;

    /// <summary>The lowest two bits of a packet's flags, §4.3.1.</summary>
    public const uint FlagInbound = 1;

    /// <inheritdoc cref="FlagInbound"/>
    public const uint FlagOutbound = 2;

    /// <summary>A length with its padding to 4 bytes.</summary>
    public static int Padded(int length) => (length + 3) & ~3;
}
