using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>
/// Who signed a file. Windows says only that a signature is valid: anybody who has bought a certificate can sign a DLL of that name.
/// </summary>
internal static class WintunSigner
{
    /// <summary>The organization that Wintun's makers sign as.</summary>
    public const string Maker = "WireGuard LLC";

    private const string OrganizationName = "2.5.4.10"; // RFC 4519 section 2.19

    /// <summary>Reads the organization of a file's signer. Only after the signature was found to be valid.</summary>
    /// <param name="path">A signed file.</param>
    /// <returns>Null when the certificate has none, or cannot be read.</returns>
    public static string? Read(string path)
    {
        try
        {
#pragma warning disable SYSLIB0057 // X509CertificateLoader reads certificates, but none out of a signed file.
            using var certificate = X509Certificate.CreateFromSignedFile(path);
#pragma warning restore SYSLIB0057
            using var full = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
            return OrganizationOf(full.SubjectName);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The organization in a name; null when it has none, or several.</summary>
    public static string? OrganizationOf(X500DistinguishedName name)
    {
        var organizations = name.EnumerateRelativeDistinguishedNames()
            .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == OrganizationName).Select(part => part.GetSingleElementValue()).ToArray();
        return organizations is [{ } only] ? only : null;
    }
}
