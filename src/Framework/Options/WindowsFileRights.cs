using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace Culvert.Options;

/// <summary>The access control list of Windows.</summary>
internal static class WindowsFileRights
{
    /// <summary>FILE_READ_DATA, FILE_WRITE_DATA and FILE_APPEND_DATA, and the generic rights that include them (winnt.h).</summary>
    private const int ReadOrWrite = 0x1 | 0x2 | 0x4 | GenericAll | GenericRead | GenericWrite;

    private const int GenericAll = 0x1000_0000;
    private const int GenericWrite = 0x4000_0000;
    private const int GenericRead = unchecked((int)0x8000_0000);

    /// <summary>Well-known identifiers that stand for every user: Everyone, Anonymous, Interactive, Authenticated Users, Users, Guests.</summary>
    private static readonly string[] EveryUser = ["S-1-1-0", "S-1-5-7", "S-1-5-4", "S-1-5-11", "S-1-5-32-545", "S-1-5-32-546"];

    /// <inheritdoc cref="FileRights.RemedyIfOpenToAll"/>
    [SupportedOSPlatform("windows")]
    public static string? RemedyIfOpenToAll(FilePath path)
    {
        var entries = new FileInfo(path.Full).GetAccessControl(AccessControlSections.Access)
            .GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier))
            .OfType<FileSystemAccessRule>()
            .Select(rule => (rule.IdentityReference.Value, rule.AccessControlType == AccessControlType.Allow, (int)rule.FileSystemRights));
        return IsOpenToAll(entries)
            ? $"run icacls \"{path.Full}\" /inheritance:r /grant:r \"%USERNAME%:F\" /grant:r \"*S-1-5-18:R\" (S-1-5-18 is the system, for a service)"
            : null;
    }

    /// <summary>Judges a list as Windows does: entries count in their order, the first that names a right decides it. Pure.</summary>
    /// <param name="entries">Security identifier, whether it allows or denies, and the access mask.</param>
    public static bool IsOpenToAll(IEnumerable<(string Sid, bool Allows, int Mask)> entries)
    {
        var denied = new Dictionary<string, int>();
        foreach (var (sid, allows, mask) in entries)
        {
            if (!EveryUser.Contains(sid))
            {
                continue;
            }

            if (!allows)
            {
                denied[sid] = denied.GetValueOrDefault(sid) | mask;
            }
            else if ((mask & ReadOrWrite & ~denied.GetValueOrDefault(sid) & ~denied.GetValueOrDefault(EveryUser[0])) != 0)
            {
                return true;
            }
        }

        return false;
    }
}
