using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Conventions.Tests;

/// <summary>Reads from a compiled assembly which methods call which (ECMA-335 partition III).</summary>
internal static class CallScanner
{
    private static readonly Dictionary<short, OpCode> _codes = typeof(OpCodes).GetFields().Select(field => field.GetValue(null)).OfType<OpCode>()
        .ToDictionary(code => code.Value);

    /// <summary>Every call: namespace and name of the outermost calling class, and class and name of what is called.</summary>
    public static IEnumerable<(string Caller, string Called)> Calls(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var reader = file.GetMetadataReader();
        List<(string, string)> calls = [];
        foreach (var handle in reader.MethodDefinitions)
        {
            var method = reader.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress == 0)
            {
                continue;
            }

            var caller = Outermost(reader, method.GetDeclaringType());
            calls.AddRange(Tokens(file.GetMethodBody(method.RelativeVirtualAddress).GetILReader()).Select(token => (caller, Name(reader, token))));
        }

        return calls;
    }

    private static IEnumerable<EntityHandle> Tokens(BlobReader code)
    {
        List<EntityHandle> tokens = [];
        while (code.RemainingBytes > 0)
        {
            var first = code.ReadByte();
            var one = _codes[first == 0xFE ? (short)(0xFE00 | code.ReadByte()) : first];
            switch (one.OperandType)
            {
                case OperandType.InlineMethod:
                    tokens.Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += targets * sizeof(int);
                    break;
                default:
                    code.Offset += SizeOf(one.OperandType);
                    break;
            }
        }

        return tokens;
    }

    private static int SizeOf(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };

    private static string Outermost(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        return type.GetDeclaringType() is { IsNil: false } outer
            ? Outermost(reader, outer)
            : $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
    }

    private static string Name(MetadataReader reader, EntityHandle handle) => handle.Kind switch
    {
        HandleKind.MethodSpecification => Name(reader, reader.GetMethodSpecification((MethodSpecificationHandle)handle).Method),
        HandleKind.MemberReference => NameOf(reader, reader.GetMemberReference((MemberReferenceHandle)handle)),
        _ => "",
    };

    private static string NameOf(MetadataReader reader, MemberReference member) => $"{ClassOf(reader, member.Parent)}.{reader.GetString(member.Name)}";

    private static string ClassOf(MetadataReader reader, EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeReference:
                var type = reader.GetTypeReference((TypeReferenceHandle)handle);
                return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
            case HandleKind.TypeSpecification:
                var signature = reader.GetBlobReader(reader.GetTypeSpecification((TypeSpecificationHandle)handle).Signature);
                return signature.ReadSignatureTypeCode() == SignatureTypeCode.GenericTypeInstance && signature.ReadCompressedInteger() >= 0
                    ? ClassOf(reader, signature.ReadTypeHandle())
                    : "";
            default:
                return "";
        }
    }
}
