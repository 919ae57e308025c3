/** What a preview needs of the VPC, in the shape of EC2's Describe calls. Records are keyed by id. */
export interface NetworkState {
  vpcs: Record<string, Vpc>;
  subnets: Record<string, Subnet>;
  securityGroups: Record<string, SecurityGroup>;
  routeTables: Record<string, RouteTable>;
  endpoints: Record<string, VpcEndpoint>;
  /** Internet gateways; those of seeded VPCs are in their routes alone. */
  gateways?: Record<string, { id: string; vpcId?: string }>;
}

export interface Vpc {
  id: string;
  cidr?: string;
}

export interface Subnet {
  id: string;
  vpcId: string;
  zone: string;
  cidr?: string;
  /** Free addresses, from which the sandbox takes those of its tasks; a whole /16 when absent. */
  availableAddresses?: number;
}

export interface SecurityGroup {
  id: string;
  /** The id when absent. */
  name?: string;
  vpcId: string;
  /** No rules when absent: nothing gets in, or out. */
  ingress?: SecurityRule[];
  egress?: SecurityRule[];
}

/** Who may connect: address ranges, other groups and prefix lists. */
export interface SecurityRule {
  /** `tcp`, `udp`, `icmp`, or `-1` for everything; then the ports do not count. */
  protocol: string;
  from?: number;
  to?: number;
  cidrs?: string[];
  /** IPv6 ranges. */
  cidrs6?: string[];
  groups?: string[];
  prefixLists?: string[];
}

export interface RouteTable {
  id: string;
  vpcId: string;
  /** The one of all subnets that no other table names. */
  main: boolean;
  subnets: string[];
  routes: Route[];
}
export interface Route {
  /** A range of addresses, IPv4 or IPv6, or a prefix list (`pl-...`). */
  destination: string;
  /** `local`, or an id: `igw-`, `nat-`, `tgw-`, `pcx-`, `eigw-`, `eni-`, `vpce-`. */
  target: string;
  /** `active` when absent; `blackhole` when what it points to is gone. */
  state?: 'active' | 'blackhole';
}

export interface VpcEndpoint {
  id: string;
  vpcId: string;
  /** E.g. `com.amazonaws.us-east-1.ecr.dkr`. */
  service: string;
  type: 'Interface' | 'Gateway';
  /** `available` when absent. */
  state?: 'available' | 'pending' | 'deleting' | 'failed';
  /** Of an interface endpoint. */
  subnets?: string[];
  securityGroups?: string[];
  privateDns?: boolean;
  /** Of a gateway endpoint. */
  routeTables?: string[];
}
