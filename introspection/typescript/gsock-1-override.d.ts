// SPDX-License-Identifier: LGPL-2.1-or-later
// What the override for gjs makes of GSock, beside the declarations that ts-for-gir makes: what is declared
// here is left out there. make-declarations.py reads this, by its indentation.

import type Gio from './gio-2.0.js';
import type GLib from './glib-2.0.js';
import type GObject from './gobject-2.0.js';

declare module './gsock-1.js' {
export namespace GSock {
    /** What is taken as bytes; a string goes as UTF-8. */
    type Bytes = string | ArrayBuffer | ArrayBufferView | GLib.Bytes | number[];
    /** A condition, or its names as in 'in|out'. */
    type Condition = GLib.IOCondition | string;
    type Datagram = Bytes | [data: Bytes, to: Address | string | null] | [data: Bytes, host: string | null, port: number | null];
    type Option = string | number | boolean | bigint | null | Address | GLib.Variant | ArrayBufferView | Option[];

    interface Cancellation {
        cancellable?: Gio.Cancellable | null;
    }

    interface Background extends Cancellation {
        priority?: number;
    }

    interface Patience extends Cancellation {
        wait?: boolean;
        timeout?: number;
    }

    interface Credentials {
        pid: number;
        uid: number;
        gid: number;
        pidfd: number | null;
    }

    /** What is received: data, host and port; on local sockets data, filename and null. */
    interface Received extends Readonly<[data: Uint8Array, host: string | null, port: number | null]> {
        readonly address: Address | null;
        readonly data: Uint8Array;
        readonly filename: string | null;
        readonly flags: MessageFlags;
        readonly fullLength: number;
        readonly host: string | null;
        readonly port: number | null;
        readonly truncated: boolean;
    }

    /** What receive_many gives. */
    interface ReceivedMany extends Iterable<[data: Uint8Array, host: string | null, port: number | null]> {
        readonly batch: Batch;
        readonly length: number;
        at(index: number): Received | undefined;
    }

    type FileDescriptors = number[] & {payload: Uint8Array};

    interface Address {
        toString(): string;
    }

    interface Message extends Iterable<Uint8Array | string | number | null> {
        address: Address | string | null;
        readonly controlTruncated: boolean;
        readonly controls: [level: number, type: number, data: Uint8Array][];
        credentials: [pid: number, uid: number, gid: number] | null;
        readonly data: Uint8Array;
        readonly extendedError: {errno: number; origin: number; type: number; code: number; info: number; offender: string | null} | null;
        readonly filename: string | null;
        readonly flags: MessageFlags;
        readonly fullLength: number;
        readonly host: string | null;
        readonly overflowCount: number | null;
        packetInfo: [address: Address | string | null, interface: number] | null;
        readonly port: number | null;
        segmentSize: number | null;
        readonly timestamp: bigint | null;
        trafficClass: number | null;
        readonly truncated: boolean;
        ttl: number | null;
    }

    /** The parts of a message that send_message takes by name. */
    interface MessageParts {
        controls?: [level: number, type: number, data: Bytes][];
        credentials?: [pid: number, uid: number, gid: number] | null;
        fileDescriptors?: number[];
        packetInfo?: [address: Address | string | null, interface: number] | null;
        segmentSize?: number | null;
        trafficClass?: number | null;
        ttl?: number | null;
    }

    interface SocketSource extends GLib.Source {
        set_callback(callback: (socket: Socket, condition: GLib.IOCondition) => boolean): void;
    }

    interface Socket {
        bind_address(address?: Address | Gio.SocketAddress | string | null, keywords?: BindAddressKeywords & Cancellation): boolean;
        bind_address(keywords?: {address?: Address | Gio.SocketAddress | string | null} & BindAddressKeywords & Cancellation): boolean;
        close(abort?: boolean): boolean;
        close(keywords: {abort?: boolean}): boolean;
        connect_to(address?: Address | Gio.SocketAddress | string | null, keywords?: ConnectKeywords & Cancellation): boolean;
        connect_to(keywords?: {address?: Address | Gio.SocketAddress | string | null} & ConnectKeywords & Cancellation): boolean;
        connect_to_async(address?: Address | Gio.SocketAddress | string | null, keywords?: ConnectKeywords & Background): Promise<boolean>;
        connect_to_async(keywords?: {address?: Address | Gio.SocketAddress | string | null} & ConnectKeywords & Background): Promise<boolean>;
        copy_local_address(): Address;
        copy_remote_address(): Address;
        create_source(condition?: Condition, cancellable?: Gio.Cancellable | null): SocketSource;
        finish_connect(wait?: boolean, timeout?: number, cancellable?: Gio.Cancellable | null): boolean;
        finish_connect(keywords: Patience): boolean;
        get_option<Name extends keyof OptionValues>(name: Name): OptionValues[Name];
        get_option(name: string): unknown;
        get_option_bytes(level: number, option: number, size: number): Uint8Array;
        get_option_int(level: number, option: number): number;
        init_with_keywords(keywords?: MakeSocketKeywords & Cancellation): boolean;
        peer_credentials(): Credentials;
        receive_credentials(keywords?: ReceiveCredentialsKeywords & Cancellation): Credentials;
        receive_credentials_async(keywords?: ReceiveCredentialsKeywords & Background): Promise<Credentials>;
        receive_file_descriptor(keywords?: ReceiveFileDescriptorKeywords & Cancellation): number;
        receive_file_descriptor_async(keywords?: ReceiveFileDescriptorKeywords & Background): Promise<number>;
        receive_file_descriptors(maximum: number, keywords?: ReceiveFileDescriptorsKeywords & Cancellation): FileDescriptors;
        receive_file_descriptors(keywords: {maximum: number} & ReceiveFileDescriptorsKeywords & Cancellation): FileDescriptors;
        receive_file_descriptors_async(maximum: number, keywords?: ReceiveFileDescriptorsKeywords & Background): Promise<FileDescriptors>;
        receive_file_descriptors_async(keywords: {maximum: number} & ReceiveFileDescriptorsKeywords & Background): Promise<FileDescriptors>;
        receive_from(size?: number, keywords?: ReceiveFromKeywords & Cancellation): Received;
        receive_from(keywords?: {size?: number} & ReceiveFromKeywords & Cancellation): Received;
        receive_from_async(size?: number, keywords?: ReceiveFromKeywords & Background): Promise<Received>;
        receive_from_async(keywords?: {size?: number} & ReceiveFromKeywords & Background): Promise<Received>;
        receive_many(most: number, keywords?: ReceiveManyKeywords & {batch?: Batch} & Cancellation): ReceivedMany;
        receive_many(keywords: {most: number} & ReceiveManyKeywords & {batch?: Batch} & Cancellation): ReceivedMany;
        receive_many_async(most: number, keywords?: ReceiveManyKeywords & {batch?: Batch} & Background): Promise<ReceivedMany>;
        receive_many_async(keywords: {most: number} & ReceiveManyKeywords & {batch?: Batch} & Background): Promise<ReceivedMany>;
        receive_message(size?: number, keywords?: ReceiveMessageKeywords & Cancellation): Message;
        receive_message(keywords?: {size?: number} & ReceiveMessageKeywords & Cancellation): Message;
        receive_message_async(size?: number, keywords?: ReceiveMessageKeywords & Background): Promise<Message>;
        receive_message_async(keywords?: {size?: number} & ReceiveMessageKeywords & Background): Promise<Message>;
        receive_socket(keywords?: ReceiveSocketKeywords & Cancellation): Socket;
        receive_socket_async(keywords?: ReceiveSocketKeywords & Background): Promise<Socket>;
        send_credentials(keywords?: SendCredentialsKeywords & Cancellation): boolean;
        send_credentials_async(keywords?: SendCredentialsKeywords & Background): Promise<boolean>;
        send_file_descriptor(fd: number, keywords?: SendFileDescriptorKeywords & Cancellation): boolean;
        send_file_descriptor(keywords: {fd: number} & SendFileDescriptorKeywords & Cancellation): boolean;
        send_file_descriptor_async(fd: number, keywords?: SendFileDescriptorKeywords & Background): Promise<boolean>;
        send_file_descriptor_async(keywords: {fd: number} & SendFileDescriptorKeywords & Background): Promise<boolean>;
        send_file_descriptors(fds: number[], payload?: Bytes | null, keywords?: SendFileDescriptorKeywords & Cancellation): number;
        send_file_descriptors(keywords: {fds: number[]; payload?: Bytes | null} & SendFileDescriptorKeywords & Cancellation): number;
        send_file_descriptors_async(fds: number[], payload?: Bytes | null, keywords?: SendFileDescriptorKeywords & Background): Promise<number>;
        send_file_descriptors_async(keywords: {fds: number[]; payload?: Bytes | null} & SendFileDescriptorKeywords & Background): Promise<number>;
        send_many(batch: Batch | Iterable<Datagram>, keywords?: SendManyKeywords & Cancellation): number;
        send_many(keywords: {batch: Batch | Iterable<Datagram>} & SendManyKeywords & Cancellation): number;
        send_many_async(batch: Batch | Iterable<Datagram>, keywords?: SendManyKeywords & Background): Promise<number>;
        send_many_async(keywords: {batch: Batch | Iterable<Datagram>} & SendManyKeywords & Background): Promise<number>;
        send_message(message: Message | Bytes | Bytes[], keywords?: SendMessageKeywords & MessageParts & Cancellation): number;
        send_message(keywords: {message: Message | Bytes | Bytes[]} & SendMessageKeywords & MessageParts & Cancellation): number;
        send_message_async(message: Message | Bytes | Bytes[], keywords?: SendMessageKeywords & MessageParts & Background): Promise<number>;
        send_message_async(keywords: {message: Message | Bytes | Bytes[]} & SendMessageKeywords & MessageParts & Background): Promise<number>;
        send_socket(socket: Socket, keywords?: SendSocketKeywords & Cancellation): boolean;
        send_socket(keywords: {socket: Socket} & SendSocketKeywords & Cancellation): boolean;
        send_socket_async(socket: Socket, keywords?: SendSocketKeywords & Background): Promise<boolean>;
        send_socket_async(keywords: {socket: Socket} & SendSocketKeywords & Background): Promise<boolean>;
        send_to(data: Bytes, keywords?: SendToKeywords & Cancellation): number;
        send_to(keywords: {data: Bytes} & SendToKeywords & Cancellation): number;
        send_to_async(data: Bytes, keywords?: SendToKeywords & Background): Promise<number>;
        send_to_async(keywords: {data: Bytes} & SendToKeywords & Background): Promise<number>;
        set_option<Name extends keyof OptionInputs>(name: Name, value: OptionInputs[Name]): boolean;
        set_option<Name extends string>(name: Name extends keyof OptionInputs ? never : Name, value: Option): boolean;
        set_option_bytes(level: number, option: number, bytes: Bytes): boolean;
        shutdown(read?: boolean, write?: boolean): boolean;
        shutdown(keywords: {read?: boolean; write?: boolean}): boolean;
        toString(): string;
        wait_for(condition?: Condition, timeout?: number, cancellable?: Gio.Cancellable | null): GLib.IOCondition;
        watch(condition: Condition, callback: (socket: Socket, condition: GLib.IOCondition) => boolean | void, keywords?: {priority?: number}): Watch;
    }

    interface ActiveSocket extends Iterable<string>, AsyncIterable<string> {
        finish_output(keywords?: FinishOutputKeywords & Cancellation): boolean;
        finish_output_async(keywords?: FinishOutputKeywords & Background): Promise<boolean>;
        read_bytes(size?: number, keywords?: ReadBytesKeywords & Cancellation): Uint8Array;
        read_bytes(keywords?: {size?: number} & ReadBytesKeywords & Cancellation): Uint8Array;
        read_bytes_async(size?: number, keywords?: ReadBytesKeywords & Background): Promise<Uint8Array>;
        read_bytes_async(keywords?: {size?: number} & ReadBytesKeywords & Background): Promise<Uint8Array>;
        read_char(keywords?: ReadCharKeywords & Cancellation): string | null;
        read_char_async(keywords?: ReadCharKeywords & Background): Promise<string | null>;
        read_line(keywords?: ReadLineKeywords & Cancellation): string | null;
        read_line_async(keywords?: ReadLineKeywords & Background): Promise<string | null>;
        read_text(n_characters?: number, keywords?: ReadTextKeywords & Cancellation): string;
        read_text(keywords?: {n_characters?: number} & ReadTextKeywords & Cancellation): string;
        read_text_async(n_characters?: number, keywords?: ReadTextKeywords & Background): Promise<string>;
        read_text_async(keywords?: {n_characters?: number} & ReadTextKeywords & Background): Promise<string>;
        write_bytes(data: Bytes, keywords?: WriteBytesKeywords & Cancellation): boolean;
        write_bytes(keywords: {data: Bytes} & WriteBytesKeywords & Cancellation): boolean;
        write_bytes_async(data: Bytes, keywords?: WriteBytesKeywords & Background): Promise<boolean>;
        write_bytes_async(keywords: {data: Bytes} & WriteBytesKeywords & Background): Promise<boolean>;
        write_line(text?: string, keywords?: WriteLineKeywords & Cancellation): boolean;
        write_line(keywords?: {text?: string} & WriteLineKeywords & Cancellation): boolean;
        write_line_async(text?: string, keywords?: WriteLineKeywords & Background): Promise<boolean>;
        write_line_async(keywords?: {text?: string} & WriteLineKeywords & Background): Promise<boolean>;
        write_text(text: string, keywords?: WriteTextKeywords & Cancellation): boolean;
        write_text(keywords: {text: string} & WriteTextKeywords & Cancellation): boolean;
        write_text_async(text: string, keywords?: WriteTextKeywords & Background): Promise<boolean>;
        write_text_async(keywords: {text: string} & WriteTextKeywords & Background): Promise<boolean>;
    }

    interface PassiveSocket extends Iterable<ActiveSocket>, AsyncIterable<ActiveSocket> {
        accept_connection(keywords?: AcceptConnectionKeywords & Cancellation): ActiveSocket;
        accept_connection_async(keywords?: AcceptConnectionKeywords & Background): Promise<ActiveSocket>;
        accept_many(limit?: number, keywords?: AcceptConnectionKeywords & Cancellation): ActiveSocket[];
        accept_many(keywords?: {limit?: number} & AcceptConnectionKeywords & Cancellation): ActiveSocket[];
        listen_on(keywords?: ListenOnKeywords): boolean;
    }

    interface DatagramSocket {
        create_source(condition?: Condition, cancellable?: Gio.Cancellable | null): SocketSource;
        block_source(group: string, source: string, interface?: string | null, cancellable?: Gio.Cancellable | null): boolean;
        join_group(group: string, interface?: string | null, source?: string | null, cancellable?: Gio.Cancellable | null): boolean;
        leave_group(group: string, interface?: string | null, source?: string | null, cancellable?: Gio.Cancellable | null): boolean;
        set_multicast_interface(interface?: string | null, cancellable?: Gio.Cancellable | null): boolean;
        unblock_source(group: string, source: string, interface?: string | null, cancellable?: Gio.Cancellable | null): boolean;
    }

    interface Server {
        start(priority?: number): boolean;
        drain_async(keywords?: {timeout?: number; cancellable?: Gio.Cancellable | null}): Promise<boolean>;
    }

    interface DatagramKeywords extends MakeSocketKeywords {
        type: 'datagram';
    }

    interface RawKeywords extends MakeSocketKeywords {
        type: 'raw';
    }

    interface PassiveKeywords extends MakeSocketKeywords {
        type?: 'stream' | 'seqpacket';
        connect: 'passive';
    }

    interface ActiveKeywords extends MakeSocketKeywords {
        type?: 'stream' | 'seqpacket';
        connect?: 'active';
    }

    /** The class that make_socket makes of these keywords. */
    type SocketOf<Keywords> =
        Keywords extends {type: 'datagram'} ? DatagramSocket
        : Keywords extends {type: 'raw'} ? RawSocket
        : Keywords extends {type: SocketType} | {connect: Role} ? Socket
        : Keywords extends {connect: 'passive'} ? PassiveSocket
        : ActiveSocket;

    type AnyKeywords = DatagramKeywords | RawKeywords | PassiveKeywords | ActiveKeywords | MakeSocketKeywords;

    function make_socket<const Keywords extends AnyKeywords & Cancellation>(keywords: Keywords): SocketOf<Keywords>;
    function make_socket_async<const Keywords extends AnyKeywords & Background>(keywords: Keywords): Promise<SocketOf<Keywords>>;
    function with_open_socket<const Keywords extends AnyKeywords & Cancellation, Result>(keywords: Keywords, callback: (socket: SocketOf<Keywords>) => Result): Result;
    function make_instance<Made extends Socket>(type: new (...given: any[]) => Made, keywords?: MakeSocketKeywords): Made;
    function make_instance(type: GObject.GType, keywords?: MakeSocketKeywords & Cancellation): Socket;
    function make_instance_async(type: GObject.GType, keywords?: MakeSocketKeywords & Background): Promise<Socket>;
    function make_socket_from_fd(fd: number, keywords?: MakeSocketFromFdKeywords): Socket;
    function make_socket_pair(keywords: MakeSocketPairKeywords & {type: 'datagram'}): [left: DatagramSocket, right: DatagramSocket];
    function make_socket_pair(keywords?: MakeSocketPairKeywords): [left: ActiveSocket, right: ActiveSocket];
    function make_sockets_from_activation(keywords?: MakeSocketsFromActivationKeywords): [name: string, socket: Socket][];
    function file_descriptors_from_activation(unset_environment?: boolean): [name: string, fd: number][];
    function notify_service_manager(state: string, wait?: boolean | Patience, timeout?: number, cancellable?: Gio.Cancellable | null): boolean;
    function store_file_descriptors(fds: number[], name?: string | null, poll?: boolean, wait?: boolean | Patience, timeout?: number, cancellable?: Gio.Cancellable | null): boolean;
    function remove_stored_file_descriptors(name: string, wait?: boolean | Patience, timeout?: number, cancellable?: Gio.Cancellable | null): boolean;
    function wait_for_service_manager(timeout?: number | Patience, cancellable?: Gio.Cancellable | null): boolean;
    function handover_give(channel: Socket, sockets: Socket[], names: string[], timeout?: number | Patience, cancellable?: Gio.Cancellable | null): boolean;
    function handover_give_async(channel: Socket, sockets: Socket[], names: string[], timeout?: number | ({timeout?: number} & Background), priority?: number, cancellable?: Gio.Cancellable | null): Promise<boolean>;
    function handover_take(channel: Socket, timeout?: number | Patience, cancellable?: Gio.Cancellable | null): [name: string, socket: Socket][];
    function handover_complete(channel: Socket, sockets: Socket[], timeout?: number | Patience, cancellable?: Gio.Cancellable | null): boolean;
    function lookup_hostname(name: string, ipv6?: Ipv6Mode, cancellable?: Gio.Cancellable | null): [addresses: Address[], name: string];
    function lookup_hostname_async(name: string, ipv6?: Ipv6Mode, cancellable?: Gio.Cancellable | null): Promise<[addresses: Address[], name: string]>;
    function lookup_name(address: Address, numeric?: boolean, cancellable?: Gio.Cancellable | null): [host: string, service: string];
    function lookup_name_async(address: Address, numeric?: boolean, cancellable?: Gio.Cancellable | null): Promise<[host: string, service: string]>;
    function lookup_service(service: string, protocol?: string | null): [port: number, name: string | null, protocol: string | null];
    function wait_for_any<Waited extends Socket>(sockets: Waited[], conditions?: Condition | Condition[], timeout?: number | Patience, cancellable?: Gio.Cancellable | null): Waited[];
    function error_from_errno(number: number): number;
    function error_to_condition(code: number): string | null;
    function error_to_errno(code: number): number;
}
}
