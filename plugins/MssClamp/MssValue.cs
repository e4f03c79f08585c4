using System.Globalization;

namespace Culvert.Plugins.MssClamp;

/// <summary>
/// What pipeline.yaml says about one address family: a number of bytes, <c>auto</c> (the default value), or <c>none</c>. A number may be
/// out of range until <see cref="MssRules"/> has judged it.
/// </summary>
public readonly record struct MssValue
{
    private const string AutoText = "auto";
    private const string NoneText = "none";

    private MssValue(int? number, bool isNone) => (Number, IsNone) = (number, isNone);

    /// <summary>From the MTU at the clamp's place.</summary>
    public static MssValue Auto => default;

    /// <summary>This family's SYNs are left alone.</summary>
    public static MssValue None => new(null, isNone: true);

    /// <summary>The bytes that were written; null for <c>auto</c> and <c>none</c>.</summary>
    public int? Number { get; }

    /// <summary>True for <c>none</c>.</summary>
    public bool IsNone { get; }

    /// <summary>True for <c>auto</c>.</summary>
    public bool IsAuto => Number is null && !IsNone;

    /// <summary>A number of bytes.</summary>
    public static MssValue Of(int bytes) => new(bytes, isNone: false);

    /// <summary>Reads the value in pipeline.yaml; false when it has none of the three forms.</summary>
    public static bool TryParse(string? text, out MssValue value)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            value = Of(number);
            return true;
        }

        value = text == NoneText ? None : Auto;
        return text is AutoText or NoneText;
    }

    /// <summary>As it is written in pipeline.yaml.</summary>
    public override string ToString() =>
        Number?.ToString(CultureInfo.InvariantCulture) ?? (IsNone ? NoneText : AutoText);
}
